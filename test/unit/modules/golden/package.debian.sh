# t1 package: one
t1_check() {
packages_are any chrony
}
t1_apply() {
install_packages any - chrony
}
# t2 package: pinned and held
t2_check() {
packages_are hold kubeadm=1.36.3-1.1 kubelet=1.36.3-1.1 cri-tools=1.36.0-1.1
}
t2_apply() {
install_packages hold - kubeadm=1.36.3-1.1 kubelet=1.36.3-1.1 cri-tools=1.36.0-1.1
}
# t3 package: a glob, and free to be upgraded
t3_check() {
packages_are free 'docker-ce=29.1.*'
}
t3_apply() {
install_packages free - 'docker-ce=29.1.*'
}
# t4 package: from one repository
t4_check() {
packages_are any kubelet
}
t4_apply() {
install_packages any kubernetes kubelet
}
# t5 package: absent
t5_check() {
packages_absent podman runc
}
t5_apply() {
remove_packages podman runc
}
