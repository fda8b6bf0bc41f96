# t1 removedReleases: some that stay
t1_check() {
command -v helm >/dev/null || exit 0
gone=$(other_releases shop/web own/own) || exit 2
[ -z "$gone" ]
}
t1_apply() {
for gone in $(other_releases shop/web own/own); do
  say "uninstalling $gone"
  remove_release "$gone"
done
}
t1_diff=t1_diff_text
t1_diff_text() {
for gone in $(other_releases shop/web own/own); do
  echo "- $gone"
  release_objects "$gone" | sed 's/^/-   /'
done
}
# t2 removedReleases: none
t2_check() {
command -v helm >/dev/null || exit 0
gone=$(other_releases ) || exit 2
[ -z "$gone" ]
}
t2_apply() {
for gone in $(other_releases ); do
  say "uninstalling $gone"
  remove_release "$gone"
done
}
t2_diff=t2_diff_text
t2_diff_text() {
for gone in $(other_releases ); do
  echo "- $gone"
  release_objects "$gone" | sed 's/^/-   /'
done
}
