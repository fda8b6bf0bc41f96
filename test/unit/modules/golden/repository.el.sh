# t1 repository: suite and components
t1_check() {
no_sources_of_others docker https://download.docker.com/linux/debian &&
  repository_is docker 1500c1f56fa9e26b9b8f42452a553675796ade0807cdce11975eb98170b3a570 8a69be5726c6b46fc4160fcced980c0aeaf5d91e692802ecf734da1729db4cdd
}
t1_apply() {
fetch_key docker 1500c1f56fa9e26b9b8f42452a553675796ade0807cdce11975eb98170b3a570 "$P_RUN/key" https://download.docker.com/linux/debian/gpg
printf '%s' '# Managed by provision
# Mirror: https://download.docker.com/linux/debian https://download.docker.com/linux/debian/gpg
# Key: sha256 1500c1f56fa9e26b9b8f42452a553675796ade0807cdce11975eb98170b3a570
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
no_sources_of_others kubernetes https://pkgs.k8s.io/core:/stable:/v1.36/deb/ &&
  repository_is kubernetes '' c27b7d11057cdfdad985b904aff2df42ad78e38d8714d16ad79014d24c7226e6
}
t2_apply() {
fetch_key kubernetes '' "$P_RUN/key" https://pkgs.k8s.io/core:/stable:/v1.36/deb/Release.key
printf '%s' '# Managed by provision
# Mirror: https://pkgs.k8s.io/core:/stable:/v1.36/deb/ https://pkgs.k8s.io/core:/stable:/v1.36/deb/Release.key
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
no_sources_of_others ours 'http://10.0.0.1/$basearch' &&
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
no_sources_of_others kubernetes https://a.example.com/v1.36/ https://b.example.com/v1.36/ &&
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
# t5 repository: a key that is renewed elsewhere
t5_check() {
no_sources_of_others a http://x/ &&
  repository_is a '' 5c49092e54ab134d99f26ca3d8d20f7c950d5b8a1700d970a338ff00f640b929
}
t5_apply() {
fetch_key a '' "$P_RUN/key" http://x/key http://y/key http://z/key
printf '%s' '# Managed by provision
# Mirror: http://x/ http://x/key http://y/key http://z/key
[a]
name=a
baseurl=http://x/
enabled=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/provision-a.asc
' | set_repository a "$P_RUN/key"
}
# t6 repository: several mirrors, one of them not by the proxy
t6_check() {
no_sources_of_others kubernetes https://a.example.com/v1.36/ https://b.example.com/v1.36/ &&
  repository_is kubernetes '' eb77aef86f59a6fb82099b22be0510435b4fba3b342a1e7230225cb573bfb38b d65983cead2f6373d5d74fb67c20e4fe7ddb86feae27f5bdcdd90085a278c998
}
t6_apply() {
printf '%s' '# Managed by provision
# Mirror: https://a.example.com/v1.36/ https://a.example.com/v1.36/key
# Mirror: https://b.example.com/v1.36/ https://b.example.com/v1.36/key
# Direct: https://b.example.com/v1.36/
[kubernetes]
name=kubernetes
baseurl=@URL@
enabled=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/provision-kubernetes.asc
' | set_mirrored_repository kubernetes '' 'https://a.example.com/v1.36/ https://a.example.com/v1.36/key' 'https://b.example.com/v1.36/ https://b.example.com/v1.36/key'
}
# t7 repository: not by the proxy
t7_check() {
no_sources_of_others site http://10.0.0.1/ &&
  repository_is site 2c12cdaa144bef2e1753784f7ef8a9928d37c7e8260b34e58b7ed464aab09ff1 9af26e16cdb830640f81dbdfbfc456602526005ed604f58f7708f8a7b47020a5
}
t7_apply() {
t7_content >"$P_RUN/key"
printf '%s' '# Managed by provision
# Direct: http://10.0.0.1/
[site]
name=site
baseurl=http://10.0.0.1/
proxy=_none_
enabled=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/provision-site.asc
' | set_repository site "$P_RUN/key"
}
t7_content() {
base64 -d <<'P_END_BASE64'
Ynl0ZXMgb2Ygaw==
P_END_BASE64
}
