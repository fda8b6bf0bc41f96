# t1 stubDomain: two servers
t1_check() {
[ -e "$P_STATE"/stub-domain-prod.internal ] || exit 1
stub_is prod.internal 'prod.internal:53 {
    errors
    cache 30
    forward . 10.0.0.11 10.0.0.12 {
        policy sequential
    }
}'
}
t1_apply() {
: >"$P_STATE"/stub-domain-prod.internal
set_stub prod.internal 'prod.internal:53 {
    errors
    cache 30
    forward . 10.0.0.11 10.0.0.12 {
        policy sequential
    }
}'
}
t1_diff=t1_diff_text
t1_diff_text() {
stub_diff prod.internal 'prod.internal:53 {
    errors
    cache 30
    forward . 10.0.0.11 10.0.0.12 {
        policy sequential
    }
}'
}
# t2 stubDomain: no longer
t2_check() {
[ -e "$P_STATE"/stub-domain-prod.internal ] && exit 1 || exit 0
}
t2_apply() {
set_stub prod.internal ''
rm -f "$P_STATE"/stub-domain-prod.internal
}
t2_diff=t2_diff_text
t2_diff_text() {
stub_diff prod.internal ''
}
