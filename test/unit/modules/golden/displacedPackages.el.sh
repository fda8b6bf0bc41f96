# t1 displacedPackages: of the distribution
t1_check() {
none_displaced docker-ce 'docker: { packages: distribution }' containerd docker.io
}
t1_apply() {
:
}
# t2 displacedPackages: where nothing else can be written
t2_check() {
none_displaced docker-ce '' runc
}
t2_apply() {
:
}
