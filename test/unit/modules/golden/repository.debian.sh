# t1 repository: suite and components
t1_check() {
repository_is docker 1500c1f56fa9e26b9b8f42452a553675796ade0807cdce11975eb98170b3a570 d35c81be291c95d825af0766f89b8f60941ef98b4f92556c4d98e14505e6ab7f 1f50d90b2f066ecc8cc5d9070c4f19851a17ba7d682fb9930a1975ae6b2b0dc9
}
t1_apply() {
fetch_verified https://download.docker.com/linux/debian/gpg "$P_RUN/key" 1500c1f56fa9e26b9b8f42452a553675796ade0807cdce11975eb98170b3a570
printf '%s' '# Managed by provision
Types: deb
URIs: https://download.docker.com/linux/debian
Suites: trixie
Components: stable
Architectures: amd64
Signed-By: @KEY@
' | set_repository docker "$P_RUN/key"
}
# t2 repository: flat
t2_check() {
repository_is kubernetes '' bb96baaef14f7f9da30269c034c2cccc346fb6adbcbf4880cb10f4f71b711ca5 bc64f3e8ef8940c0fb9caf9f97002062ac8c27e8a7f7e0d68c03646e943a58b7
}
t2_apply() {
fetch_verified https://pkgs.k8s.io/core:/stable:/v1.36/deb/Release.key "$P_RUN/key" ''
printf '%s' '# Managed by provision
Types: deb
URIs: https://pkgs.k8s.io/core:/stable:/v1.36/deb/
Suites: /
Architectures: amd64
Signed-By: @KEY@
' | set_repository kubernetes "$P_RUN/key"
}
# t3 repository: a key beside the playbook
t3_check() {
repository_is ours bced8b24afb89d4008dc8ac344455b0a0c64d87f986a46f3bf2379466ecbe59e c9ba0283586112a4a6aa4338a7b5d3bc1f4910c1501499a3ff2fe0a81cd14031 2b4f7a16e5adbb761b566e4c7d8946f7a6d5d7fd03bffb0243344a5b37868ce5
}
t3_apply() {
t3_content >"$P_RUN/key"
printf '%s' '# Managed by provision
Types: deb
URIs: http://10.0.0.1/$basearch
Suites: /
Architectures: amd64
Signed-By: @KEY@
' | set_repository ours "$P_RUN/key"
}
t3_content() {
base64 -d <<'P_END_BASE64'
Ynl0ZXMgb2Yga2V5LmFzYw==
P_END_BASE64
}
# t4 repository: several mirrors
t4_check() {
repository_is kubernetes '' 7da5abe39597c2c99cc32cd4b69344252314b0314fbf9ae383c13505c95bacc8 0ba9a30ff44999b57f218e7273cf68e5c0e6c40833e554f61ddb590c4e078e37 ec13aaf4df1cbc1272b91e48572bde6ed43ea24e8cb117b46515d010dabd871d 48f143982c0581059ff92eda7bb453889eb96a22b1f0f24acb7a21490c5b2309
}
t4_apply() {
printf '%s' '# Managed by provision
# Mirror: https://a.example.com/v1.36/ https://a.example.com/v1.36/key
# Mirror: https://b.example.com/v1.36/ https://b.example.com/v1.36/key
Types: deb
URIs: @URL@
Suites: /
Architectures: amd64
Signed-By: @KEY@
' | set_mirrored_repository kubernetes '' 'https://a.example.com/v1.36/ https://a.example.com/v1.36/key' 'https://b.example.com/v1.36/ https://b.example.com/v1.36/key'
}
# t5 repository: not by the proxy
t5_check() {
repository_is site 2c12cdaa144bef2e1753784f7ef8a9928d37c7e8260b34e58b7ed464aab09ff1 670bcd04fa0db2a8e76731289d9699ca0f165996382cbe8caaeba1e733d6d340 a60d3d991d22c48ed23f308421f78d718de0a42b0ff886bd8786d667767ef662
}
t5_apply() {
t5_content >"$P_RUN/key"
printf '%s' '# Managed by provision
Types: deb
URIs: http://10.0.0.1/
Suites: /
Architectures: amd64
Signed-By: @KEY@
' | set_repository site "$P_RUN/key"
}
t5_content() {
base64 -d <<'P_END_BASE64'
Ynl0ZXMgb2Ygaw==
P_END_BASE64
}
