# t1 repository: suite and components
t1_check() {
no_sources_of_others docker trixie https://download.docker.com/linux/debian &&
  repository_is docker 1500c1f56fa9e26b9b8f42452a553675796ade0807cdce11975eb98170b3a570 2ccb540229309099916d7fc9ecaa8040bf576f9a34518c0797689073aebb4dd9 a7d09d35f748c4cdd25cc979293cf33ca0bf71bdd49f7eda945f3a075e34bae7 download.docker.com_linux_debian_dists_trixie_
}
t1_apply() {
fetch_key docker 1500c1f56fa9e26b9b8f42452a553675796ade0807cdce11975eb98170b3a570 "$P_RUN/key" https://download.docker.com/linux/debian/gpg
printf '%s' '# Managed by provision
# Mirror: https://download.docker.com/linux/debian https://download.docker.com/linux/debian/gpg
# Key: sha256 1500c1f56fa9e26b9b8f42452a553675796ade0807cdce11975eb98170b3a570
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
no_sources_of_others kubernetes / https://pkgs.k8s.io/core:/stable:/v1.36/deb/ &&
  repository_is kubernetes '' b41e9df2bd30ca28dcf022c6e61383adf0d6ad468b73cdcee1dee2525b7572a8 4d828f8a35996b10688102d8b563b2c84682595b7cbfbd7120e218f3feae5814 pkgs.k8s.io_core:_stable:_v1.36_deb_
}
t2_apply() {
fetch_key kubernetes '' "$P_RUN/key" https://pkgs.k8s.io/core:/stable:/v1.36/deb/Release.key
printf '%s' '# Managed by provision
# Mirror: https://pkgs.k8s.io/core:/stable:/v1.36/deb/ https://pkgs.k8s.io/core:/stable:/v1.36/deb/Release.key
Types: deb
URIs: https://pkgs.k8s.io/core:/stable:/v1.36/deb/
Suites: /
Architectures: amd64
Signed-By: @KEY@
' | set_repository kubernetes "$P_RUN/key"
}
# t3 repository: a key beside the playbook
t3_check() {
no_sources_of_others ours / 'http://10.0.0.1/$basearch' &&
  repository_is ours bced8b24afb89d4008dc8ac344455b0a0c64d87f986a46f3bf2379466ecbe59e c9ba0283586112a4a6aa4338a7b5d3bc1f4910c1501499a3ff2fe0a81cd14031 2b4f7a16e5adbb761b566e4c7d8946f7a6d5d7fd03bffb0243344a5b37868ce5 10.0.0.1_%24basearch_
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
no_sources_of_others kubernetes / https://a.example.com/v1.36/ https://b.example.com/v1.36/ &&
  repository_is kubernetes '' 7da5abe39597c2c99cc32cd4b69344252314b0314fbf9ae383c13505c95bacc8 0ba9a30ff44999b57f218e7273cf68e5c0e6c40833e554f61ddb590c4e078e37 a.example.com_v1.36_ ec13aaf4df1cbc1272b91e48572bde6ed43ea24e8cb117b46515d010dabd871d 48f143982c0581059ff92eda7bb453889eb96a22b1f0f24acb7a21490c5b2309 b.example.com_v1.36_
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
# t5 repository: a key that is renewed elsewhere
t5_check() {
no_sources_of_others a / http://x/ &&
  repository_is a '' c33b598b2037417d7c3b7da664cb4221dfc27107992fbf97cffd55558707dcc4 fe7a7031ab8f3fb927e89a43c70c98f130fecd0ad090d4547d8fb86658b124b3 x_
}
t5_apply() {
fetch_key a '' "$P_RUN/key" http://x/key http://y/key http://z/key
printf '%s' '# Managed by provision
# Mirror: http://x/ http://x/key http://y/key http://z/key
Types: deb
URIs: http://x/
Suites: /
Architectures: amd64
Signed-By: @KEY@
' | set_repository a "$P_RUN/key"
}
# t6 repository: several mirrors, one of them not by the proxy
t6_check() {
no_sources_of_others kubernetes / https://a.example.com/v1.36/ https://b.example.com/v1.36/ &&
  repository_is kubernetes '' 7da5abe39597c2c99cc32cd4b69344252314b0314fbf9ae383c13505c95bacc8 0ba9a30ff44999b57f218e7273cf68e5c0e6c40833e554f61ddb590c4e078e37 a.example.com_v1.36_ ec13aaf4df1cbc1272b91e48572bde6ed43ea24e8cb117b46515d010dabd871d 48f143982c0581059ff92eda7bb453889eb96a22b1f0f24acb7a21490c5b2309 b.example.com_v1.36_
}
t6_apply() {
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
# t7 repository: not by the proxy
t7_check() {
no_sources_of_others site / http://10.0.0.1/ &&
  repository_is site 2c12cdaa144bef2e1753784f7ef8a9928d37c7e8260b34e58b7ed464aab09ff1 670bcd04fa0db2a8e76731289d9699ca0f165996382cbe8caaeba1e733d6d340 a60d3d991d22c48ed23f308421f78d718de0a42b0ff886bd8786d667767ef662 10.0.0.1_
}
t7_apply() {
t7_content >"$P_RUN/key"
printf '%s' '# Managed by provision
Types: deb
URIs: http://10.0.0.1/
Suites: /
Architectures: amd64
Signed-By: @KEY@
' | set_repository site "$P_RUN/key"
}
t7_content() {
base64 -d <<'P_END_BASE64'
Ynl0ZXMgb2Ygaw==
P_END_BASE64
}
