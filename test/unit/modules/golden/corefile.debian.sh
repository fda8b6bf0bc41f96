# t1 corefile: two zones, and forwarders
t1_check() {
corefile_is '10.9.9.1 10.9.9.2' prod.internal 'prod.internal:53 {
    errors
    cache 30
    forward . 10.0.0.11 10.0.0.12 {
        policy sequential
    }
}' corp.example 'corp.example:53 {
    errors
    cache 30
    forward . 10.9.9.9 {
        policy sequential
    }
}'
}
t1_apply() {
set_corefile '10.9.9.1 10.9.9.2' prod.internal 'prod.internal:53 {
    errors
    cache 30
    forward . 10.0.0.11 10.0.0.12 {
        policy sequential
    }
}' corp.example 'corp.example:53 {
    errors
    cache 30
    forward . 10.9.9.9 {
        policy sequential
    }
}'
}
t1_diff=t1_diff_text
t1_diff_text() {
corefile_diff '10.9.9.1 10.9.9.2' prod.internal 'prod.internal:53 {
    errors
    cache 30
    forward . 10.0.0.11 10.0.0.12 {
        policy sequential
    }
}' corp.example 'corp.example:53 {
    errors
    cache 30
    forward . 10.9.9.9 {
        policy sequential
    }
}'
}
# t2 corefile: as kubeadm has it
t2_check() {
[ ! -e "$P_STATE/corefile" ] || corefile_is ''
}
t2_apply() {
set_corefile ''
}
t2_diff=t2_diff_text
t2_diff_text() {
corefile_diff ''
}
