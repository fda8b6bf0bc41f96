# t1 repository: suite and components
t1_check() {
repository_is docker 1500c1f56fa9e26b9b8f42452a553675796ade0807cdce11975eb98170b3a570 9b665021ba64b297a4da74b0f96636f557efb5aefe5af79d3b7cc4827c3a2048
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
module_hotfixes=1
exclude=docker-ce containerd.io
' | set_repository docker "$P_RUN/key"
}
# t2 repository: flat
t2_check() {
repository_is kubernetes '' e1a942117aaa4a4547bc642d17b97a5d1e4f15c162659d40ea04f4fd9c968716
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
repository_is ours bced8b24afb89d4008dc8ac344455b0a0c64d87f986a46f3bf2379466ecbe59e 5358b4d7151df6aed3adefd93c7162cdd08ac398c73ff1ca8c120fa061290e43
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
# t4 repository: several mirrors
t4_check() {
repository_is kubernetes '' 9a6b9b32ff58dbea65471ca76f6480b86dec0d5ea626bc106061d742c362adcc bd70b1538f51232c208536883a594ab2ef443d73961d7f6e61b10a5403e76c47
}
t4_apply() {
printf '%s' '# Managed by provision
# Mirror: https://a.example.com/v1.36/ https://a.example.com/v1.36/key
# Mirror: https://b.example.com/v1.36/ https://b.example.com/v1.36/key
[kubernetes]
name=kubernetes
baseurl=@URL@
enabled=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/provision-kubernetes.asc
' | set_mirrored_repository kubernetes '' 'https://a.example.com/v1.36/ https://a.example.com/v1.36/key' 'https://b.example.com/v1.36/ https://b.example.com/v1.36/key'
}
# t5 repository: not by the proxy
t5_check() {
repository_is site 2c12cdaa144bef2e1753784f7ef8a9928d37c7e8260b34e58b7ed464aab09ff1 fd22a1530de0e04101f80a8ab9867b035f5024ef03e51c4c7aeabed77deed392
}
t5_apply() {
t5_content >"$P_RUN/key"
printf '%s' '# Managed by provision
[site]
name=site
baseurl=http://10.0.0.1/
enabled=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/provision-site.asc
proxy=_none_
' | set_repository site "$P_RUN/key"
}
t5_content() {
base64 -d <<'P_END_BASE64'
Ynl0ZXMgb2Ygaw==
P_END_BASE64
}
