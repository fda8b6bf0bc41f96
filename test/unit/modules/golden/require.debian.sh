# t1 require: a text
t1_check() {
if (eval '[ -e /proc/net/ip_vs ]'); then exit 0; fi
(eval 'echo no IPVS') >&2
exit 3
}
t1_apply() {
:
}
# t2 require: with values
t2_check() {
export WANTED='it'\''s a'
if (eval '[ "$WANTED" = a ]'); then exit 0; fi
(eval 'echo "it is not $WANTED"') >&2
exit 3
}
t2_apply() {
:
}
