# t1 osMirrors: two mirrors
t1_check() {
os_mirrors_are 'debian probe dists/trixie/InRelease
debian mirror https://a.example.com/debian
debian mirror http://b.example.com/debian
debian known https://known.example.com/debian
debian official ^deb[.]debian[.]org/debian(/|$)'
}
t1_apply() {
set_os_mirrors 'debian probe dists/trixie/InRelease
debian mirror https://a.example.com/debian
debian mirror http://b.example.com/debian
debian known https://known.example.com/debian
debian official ^deb[.]debian[.]org/debian(/|$)'
}
t1_diff=t1_diff_text
t1_diff_text() {
diff_os_mirrors 'debian probe dists/trixie/InRelease
debian mirror https://a.example.com/debian
debian mirror http://b.example.com/debian
debian known https://known.example.com/debian
debian official ^deb[.]debian[.]org/debian(/|$)'
}
# t2 osMirrors: a system that nobody has mirrors of
t2_check() {
note 'the package sources of kylin are left as they are: there are no mirrors of it in mirrors.packages.os'
}
t2_apply() {
:
}
