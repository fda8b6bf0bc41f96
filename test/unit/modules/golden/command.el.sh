# t1 command: until a path exists
t1_check() {
[ -e /opt/cni/bridge ]
}
t1_apply() {
export ARCHIVE='/var/cache/it'\''s here.tgz'
cd /var/cache || exit 1
eval 'mkdir -p /opt/cni
tar -xzf "$ARCHIVE" -C /opt/cni'
}
t1_outputs=value
t1_output_value() {
export ARCHIVE='/var/cache/it'\''s here.tgz'
cd /var/cache || exit 1
eval 'mkdir -p /opt/cni
tar -xzf "$ARCHIVE" -C /opt/cni'
}
# t2 command: until a command succeeds, and gives a value
t2_check() {
export N=5
if (eval 'test -s it'); then exit 0; else exit 1; fi
}
t2_apply() {
export N=5
eval make-it
}
t2_outputs=value
t2_output_value() {
export N=5
eval 'cat it'
}
# t3 command: always
t3_check() {
[ -e "$P_RUN/done.t3" ]
}
t3_apply() {
(eval 'echo '\''hello'\''')
: >"$P_RUN/done.t3"
}
