# t1 timezone: a zone
t1_check() {
timezone_is Asia/Shanghai
}
t1_apply() {
set_timezone Asia/Shanghai
}
