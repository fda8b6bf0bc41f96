# t1 image: into containerd
t1_check() {
images_are containerd registry.k8s.io/pause:3.10.2 docker.io/library/busybox:1.37 10.0.0.1:5000/a/b@sha256:0000000000000000000000000000000000000000000000000000000000000000
}
t1_apply() {
pull_images containerd registry.k8s.io/pause:3.10.2 docker.io/library/busybox:1.37 10.0.0.1:5000/a/b@sha256:0000000000000000000000000000000000000000000000000000000000000000
}
# t2 image: into docker
t2_check() {
images_are docker registry.k8s.io/pause:3.10.2
}
t2_apply() {
pull_images docker registry.k8s.io/pause:3.10.2
}
# t3 image: those of a manifest, too
t3_check() {
images_are containerd registry.k8s.io/pause:3.10.2 example.com/network:1
}
t3_apply() {
pull_images containerd registry.k8s.io/pause:3.10.2 example.com/network:1
}
