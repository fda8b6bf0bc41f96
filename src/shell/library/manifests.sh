# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- manifests --------------------------------------------------------------------

# kubectl_diff ARGUMENT...: `kubectl diff` of what a manifest says alone. kubectl looks at an object twice, and between the
# looks others may change its status, as a kubelet does every few seconds while its node is new. Reads stdin.
kubectl_diff() (
  cd "$P_RUN" || exit
  cat >manifests-differ <<'EOF'
for side in "$1" "$2"; do
  for object in "$side"/*; do
    [ -e "$object" ] || continue
    awk '/^[A-Za-z]/ { skip = /^status:/ } !skip && !/^  resourceVersion: /' "$object" >"$object.manifest"
    mv -f "$object.manifest" "$object"
  done
done
diff -u -N "$1" "$2"
EOF
  # A word without a slash is all that it takes for an argument; and /run may be mounted noexec.
  KUBECTL_EXTERNAL_DIFF='sh manifests-differ' \
    kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 60s diff "$@"
)
