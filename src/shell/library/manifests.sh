# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- manifests --------------------------------------------------------------------

# kubectl_diff ARGUMENT...: `kubectl diff` of what a manifest says alone. kubectl looks at an object twice, and between the
# looks others may change its status, as a kubelet does every few seconds while its node is new. Reads stdin.
kubectl_diff() (
  rm -rf "$P_RUN/objects"
  mkdir "$P_RUN/objects"
  cd "$P_RUN" || exit 2
  # It calls these words with two directories in front of their options, and takes no slash in an option.
  KUBECTL_EXTERNAL_DIFF='cp -r --target-directory=objects' \
    kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 60s diff "$@" || exit 2
  cd objects || exit 2
  for object in LIVE-*/* MERGED-*/*; do
    [ -e "$object" ] || continue
    awk '/^[A-Za-z]/ { skip = /^status:/ } !skip && !/^  (resourceVersion|generation): /' "$object" >manifest
    mv -f manifest "$object"
  done
  # The directories' names are of this look alone.
  diff -u -N -r LIVE-* MERGED-* >../objects.diff && return
  sed -e '/^diff /d' -e 's,^\([-+][-+][-+]\) [A-Z]*-[0-9]*/\([^\t]*\).*,\1 \2,' ../objects.diff
  return 1
)
