# t1 observe: what a script finds
t1_check() {
:
}
t1_apply() {
:
}
t1_outputs=value
t1_output_value() {
t1_content >"$P_RUN/observe"
$P_SH "$P_RUN/observe" 0
}
t1_content() {
cat <<'P_END_7f1904e75501517a'
rendered from status/host.sh
P_END_7f1904e75501517a
}
# t2 observe: with functions of others
t2_check() {
:
}
t2_apply() {
:
}
t2_outputs=value
t2_output_value() {
t2_content >"$P_RUN/observe"
$P_SH "$P_RUN/observe" 0
}
t2_content() {
cat <<'P_END_ca041823d0357fe4'
rendered from status/static-pods.sh

rendered from status/certificates.sh
P_END_ca041823d0357fe4
}
