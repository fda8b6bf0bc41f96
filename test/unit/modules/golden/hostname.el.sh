# t1 hostname: a name
t1_check() {
may_be_called cp1.example.com && hostname_is cp1.example.com
}
t1_apply() {
set_hostname cp1.example.com
}
