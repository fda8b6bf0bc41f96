# t1 helmRelease: a chart of an OCI registry
t1_check() {
release_is shop web c6ab8137ec8b330b07b6f0ba45958594
}
t1_apply() {
lay_out t1 values login
pull_chart oci://r.example.com/charts/web 1.2.3 --ca-file /etc/containerd/certs.d/r.example.com/ca.crt
apply_release shop web c6ab8137ec8b330b07b6f0ba45958594 300 yes
}
t1_diff=t1_diff_text
t1_diff_text() {
echo 'shop/web: oci://r.example.com/charts/web 1.2.3'
command -v helm >/dev/null || return 0
lay_out t1 values login && pull_chart oci://r.example.com/charts/web 1.2.3 --ca-file /etc/containerd/certs.d/r.example.com/ca.crt || { echo 'what it changes cannot be told: its chart does not come' && return; }
release_diff shop web shown
}
t1_part_values() {
cat <<'P_END_8a777794d8d7fa96'
{
  "replicas": 2,
  "enabled": "yes"
}
P_END_8a777794d8d7fa96
}
t1_part_login() {
cat <<'P_END_0a549e38197e04ea'
{
  "auths": {
    "r.example.com": {
      "auth": "dTpw"
    }
  }
}
P_END_0a549e38197e04ea
}
# t2 helmRelease: over plain HTTP
t2_check() {
release_is shop web da865fc1936886b15c057d156b203e9f
}
t2_apply() {
lay_out t2
pull_chart oci://10.0.0.2:5000/charts/web 1.2.3 --plain-http
apply_release shop web da865fc1936886b15c057d156b203e9f 60 no
}
t2_diff=t2_diff_text
t2_diff_text() {
echo 'shop/web: oci://10.0.0.2:5000/charts/web 1.2.3'
command -v helm >/dev/null || return 0
lay_out t2 && pull_chart oci://10.0.0.2:5000/charts/web 1.2.3 --plain-http || { echo 'what it changes cannot be told: its chart does not come' && return; }
release_diff shop web shown
}
# t3 helmRelease: a chart of a repository, with a login
t3_check() {
release_is shop web 8b110395122f88051a4a9b368a6f0ad4
}
t3_apply() {
lay_out t3 repositories
pull_listed web 1.2.3
apply_release shop web 8b110395122f88051a4a9b368a6f0ad4 300 yes
}
t3_diff=t3_diff_text
t3_diff_text() {
echo 'shop/web: web 1.2.3 of https://charts.example.com/stable'
command -v helm >/dev/null || return 0
lay_out t3 repositories && pull_listed web 1.2.3 || { echo 'what it changes cannot be told: its chart does not come' && return; }
release_diff shop web shown
}
t3_part_repositories() {
cat <<'P_END_1900317635724259'
{
  "apiVersion": "",
  "repositories": [
    {
      "name": "provision",
      "url": "https://charts.example.com/stable",
      "username": "u",
      "password": "p:w"
    }
  ]
}
P_END_1900317635724259
}
# t4 helmRelease: a folder, with values in a file and values that nobody is to see
t4_check() {
release_is own own 72844a3eb6406ba0d60cb019c577aa7b
}
t4_apply() {
lay_out t4 chart file secret
own_chart
apply_release own own 72844a3eb6406ba0d60cb019c577aa7b 300 yes
}
t4_diff=t4_diff_text
t4_diff_text() {
echo 'own/own: the folder own'
command -v helm >/dev/null || return 0
lay_out t4 chart file secret && own_chart || { echo 'what it changes cannot be told: its chart does not come' && return; }
release_diff own own named
}
t4_part_chart() {
base64 -d <<'P_END_BASE64'
H4sIAAAAAAAAA3POSCwq0atMzM1hoBkwMDAwMzFRANEGBgbotIGBkQmCDRY3NDA3MVNgMKCdkxCg
tLgksYjBgGK70D03REAyKP4V8tMU9MGsYv388ryBdtMoGAWjYBSMAtoDANuMFjwACAAA
P_END_BASE64
}
t4_part_file() {
base64 -d <<'P_END_BASE64'
Ynl0ZXMgb2YgL3ZhbHVlcy55YW1s
P_END_BASE64
}
t4_part_secret() {
cat <<'P_END_7fd91f1c457969e9'
password: x1
P_END_7fd91f1c457969e9
}
# t5 helmRelease: an archive
t5_check() {
release_is own own 27e3b3cea9984599f7a38eeba6bfabce
}
t5_apply() {
lay_out t5 chart
h_chart=$h_place/chart
apply_release own own 27e3b3cea9984599f7a38eeba6bfabce 300 yes
}
t5_diff=t5_diff_text
t5_diff_text() {
echo 'own/own: own-1.0.0.tgz'
command -v helm >/dev/null || return 0
lay_out t5 chart && h_chart=$h_place/chart || { echo 'what it changes cannot be told: its chart does not come' && return; }
release_diff own own shown
}
t5_part_chart() {
base64 -d <<'P_END_BASE64'
Ynl0ZXMgb2YgL2NoYXJ0cy9vd24tMS4wLjAudGd6
P_END_BASE64
}
