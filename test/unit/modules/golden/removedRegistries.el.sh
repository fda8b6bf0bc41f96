# t1 removedRegistries: two that are named
t1_check() {
left() {
  named=' docker.io registry.example.com:5000 '
  for entry in "$P_STATE"/ledger/file/%2Fetc%2Fcontainerd%2Fcerts.d%2F* "$P_STATE"/ledger/file/%2Fetc%2Fdocker%2Fcerts.d%2F*; do
    [ -e "$entry/meta" ] || continue
    name=${entry##*certs.d%2F}
    registry=${name%%\%2F*}
    case $named in *" $registry "*) continue ;; esac
    path=/etc/containerd/certs.d/$registry/${name##*%2F}
    case $entry in *%2Fdocker%2F*) path=/etc/docker/${path#/etc/containerd/} ;; esac
    if [ -e "$path" ] || [ -L "$path" ]; then printf '%s\n' "$path"; fi
  done
}
[ -z "$(left)" ]
}
t1_apply() {
left() {
  named=' docker.io registry.example.com:5000 '
  for entry in "$P_STATE"/ledger/file/%2Fetc%2Fcontainerd%2Fcerts.d%2F* "$P_STATE"/ledger/file/%2Fetc%2Fdocker%2Fcerts.d%2F*; do
    [ -e "$entry/meta" ] || continue
    name=${entry##*certs.d%2F}
    registry=${name%%\%2F*}
    case $named in *" $registry "*) continue ;; esac
    path=/etc/containerd/certs.d/$registry/${name##*%2F}
    case $entry in *%2Fdocker%2F*) path=/etc/docker/${path#/etc/containerd/} ;; esac
    if [ -e "$path" ] || [ -L "$path" ]; then printf '%s\n' "$path"; fi
  done
}
left | while read -r path; do
  say "removing $path"
  rm -f "$path"
  rmdir "${path%/*}" 2>/dev/null || :
done
}
t1_diff=t1_diff_text
t1_diff_text() {
left() {
  named=' docker.io registry.example.com:5000 '
  for entry in "$P_STATE"/ledger/file/%2Fetc%2Fcontainerd%2Fcerts.d%2F* "$P_STATE"/ledger/file/%2Fetc%2Fdocker%2Fcerts.d%2F*; do
    [ -e "$entry/meta" ] || continue
    name=${entry##*certs.d%2F}
    registry=${name%%\%2F*}
    case $named in *" $registry "*) continue ;; esac
    path=/etc/containerd/certs.d/$registry/${name##*%2F}
    case $entry in *%2Fdocker%2F*) path=/etc/docker/${path#/etc/containerd/} ;; esac
    if [ -e "$path" ] || [ -L "$path" ]; then printf '%s\n' "$path"; fi
  done
}
left | sed 's/^/- /'
}
# t2 removedRegistries: none
t2_check() {
left() {
  named='  '
  for entry in "$P_STATE"/ledger/file/%2Fetc%2Fcontainerd%2Fcerts.d%2F* "$P_STATE"/ledger/file/%2Fetc%2Fdocker%2Fcerts.d%2F*; do
    [ -e "$entry/meta" ] || continue
    name=${entry##*certs.d%2F}
    registry=${name%%\%2F*}
    case $named in *" $registry "*) continue ;; esac
    path=/etc/containerd/certs.d/$registry/${name##*%2F}
    case $entry in *%2Fdocker%2F*) path=/etc/docker/${path#/etc/containerd/} ;; esac
    if [ -e "$path" ] || [ -L "$path" ]; then printf '%s\n' "$path"; fi
  done
}
[ -z "$(left)" ]
}
t2_apply() {
left() {
  named='  '
  for entry in "$P_STATE"/ledger/file/%2Fetc%2Fcontainerd%2Fcerts.d%2F* "$P_STATE"/ledger/file/%2Fetc%2Fdocker%2Fcerts.d%2F*; do
    [ -e "$entry/meta" ] || continue
    name=${entry##*certs.d%2F}
    registry=${name%%\%2F*}
    case $named in *" $registry "*) continue ;; esac
    path=/etc/containerd/certs.d/$registry/${name##*%2F}
    case $entry in *%2Fdocker%2F*) path=/etc/docker/${path#/etc/containerd/} ;; esac
    if [ -e "$path" ] || [ -L "$path" ]; then printf '%s\n' "$path"; fi
  done
}
left | while read -r path; do
  say "removing $path"
  rm -f "$path"
  rmdir "${path%/*}" 2>/dev/null || :
done
}
t2_diff=t2_diff_text
t2_diff_text() {
left() {
  named='  '
  for entry in "$P_STATE"/ledger/file/%2Fetc%2Fcontainerd%2Fcerts.d%2F* "$P_STATE"/ledger/file/%2Fetc%2Fdocker%2Fcerts.d%2F*; do
    [ -e "$entry/meta" ] || continue
    name=${entry##*certs.d%2F}
    registry=${name%%\%2F*}
    case $named in *" $registry "*) continue ;; esac
    path=/etc/containerd/certs.d/$registry/${name##*%2F}
    case $entry in *%2Fdocker%2F*) path=/etc/docker/${path#/etc/containerd/} ;; esac
    if [ -e "$path" ] || [ -L "$path" ]; then printf '%s\n' "$path"; fi
  done
}
left | sed 's/^/- /'
}
