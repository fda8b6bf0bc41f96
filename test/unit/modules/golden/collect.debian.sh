# t1 collect: what a script makes
t1_check() {
[ -e "$P_RUN/collected.tar.gz" ]
}
t1_apply() {
umask 077
t1_content >"$P_RUN/collect"
$P_SH "$P_RUN/collect" "$P_RUN/collected" 24
tar -C "$P_RUN/collected" -czf "$P_RUN/collected.new" .
rm -rf "$P_RUN/collected"
mv "$P_RUN/collected.new" "$P_RUN/collected.tar.gz"
}
t1_outputs=value
t1_output_value() {
printf '%s' "$P_RUN/collected.tar.gz"
}
t1_content() {
cat <<'P_END_4aade052aae72146'
rendered from support/collect.sh
P_END_4aade052aae72146
}
