# t1 repository: suite and components
t1_check() {
repository_is docker e459f1e0cacde0918e715d9e9198bdc04f109b79153d22b05a5bceac7a26f738 1500c1f56fa9e26b9b8f42452a553675796ade0807cdce11975eb98170b3a570
}
t1_apply() {
fetch_verified https://download.docker.com/linux/debian/gpg "$P_RUN/key" 1500c1f56fa9e26b9b8f42452a553675796ade0807cdce11975eb98170b3a570
printf '%s' '# Managed by provision
[docker]
name=docker
baseurl=https://download.docker.com/linux/debian
enabled=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/provision-docker.asc
exclude=docker-ce containerd.io
' | set_repository docker "$P_RUN/key"
}
# t2 repository: flat
t2_check() {
repository_is kubernetes e1a942117aaa4a4547bc642d17b97a5d1e4f15c162659d40ea04f4fd9c968716 ''
}
t2_apply() {
fetch_verified https://pkgs.k8s.io/core:/stable:/v1.36/deb/Release.key "$P_RUN/key" ''
printf '%s' '# Managed by provision
[kubernetes]
name=kubernetes
baseurl=https://pkgs.k8s.io/core:/stable:/v1.36/deb/
enabled=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/provision-kubernetes.asc
' | set_repository kubernetes "$P_RUN/key"
}
# t3 repository: a key beside the playbook
t3_check() {
repository_is ours 5358b4d7151df6aed3adefd93c7162cdd08ac398c73ff1ca8c120fa061290e43 bced8b24afb89d4008dc8ac344455b0a0c64d87f986a46f3bf2379466ecbe59e
}
t3_apply() {
t3_content >"$P_RUN/key"
printf '%s' '# Managed by provision
[ours]
name=ours
baseurl=http://10.0.0.1/$basearch
enabled=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/provision-ours.asc
' | set_repository ours "$P_RUN/key"
}
t3_content() {
base64 -d <<'P_END_BASE64'
Ynl0ZXMgb2Yga2V5LmFzYw==
P_END_BASE64
}
