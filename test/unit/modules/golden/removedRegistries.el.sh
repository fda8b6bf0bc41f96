# t1 removedRegistries: two that are named
t1_check() {
[ -z "$(unnamed_registries docker.io registry.example.com:5000)" ]
}
t1_apply() {
unnamed_registries docker.io registry.example.com:5000 | while read -r path; do
  say "removing $path"
  rm -f "$path" || exit 1
  rmdir "${path%/*}" 2>/dev/null || :
done
}
t1_diff=t1_diff_text
t1_diff_text() {
unnamed_registries docker.io registry.example.com:5000 | sed 's/^/- /'
}
# t2 removedRegistries: none
t2_check() {
[ -z "$(unnamed_registries )" ]
}
t2_apply() {
unnamed_registries  | while read -r path; do
  say "removing $path"
  rm -f "$path" || exit 1
  rmdir "${path%/*}" 2>/dev/null || :
done
}
t2_diff=t2_diff_text
t2_diff_text() {
unnamed_registries  | sed 's/^/- /'
}
