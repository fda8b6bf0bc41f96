# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- manifests --------------------------------------------------------------------

# api_diff: `kubectl diff` of what a manifest says alone. kubectl looks at an object twice, and between the looks others may
# change its status, as a kubelet does every few seconds while its node is new. Reads stdin. Status 0: the same, 1: it
# differs, 2: it cannot be compared.
api_diff() (
  objects=$(mktemp -d "$P_RUN/objectsXXXXXX") || exit 2
  trap 'rm -rf "$objects"' EXIT
  cd "$P_RUN" || exit 2
  # It calls these words with two directories in front of their options, and takes letters, digits, - and = in an option.
  KUBECTL_EXTERNAL_DIFF="cp -r --target-directory=${objects##*/}" \
    api diff --server-side --force-conflicts --field-manager=provision -f - || exit 2
  cd "$objects" || exit 2
  for object in LIVE-*/* MERGED-*/*; do
    [ -e "$object" ] || continue
    awk '/^[A-Za-z]/ { skip = /^status:/ } !skip && !/^  (resourceVersion|generation): /' "$object" >manifest
    mv -f manifest "$object"
  done
  # Of Secrets nothing is shown, whatever the kubectl of the host hides by itself.
  for object in MERGED-*/v1.Secret.*; do
    [ -e "$object" ] || continue
    live=$(echo LIVE-*)/${object##*/}
    ! cmp -s "$live" "$object" || continue
    [ ! -e "$live" ] || echo '(hidden)' >"$live"
    echo '(hidden, and another one)' >"$object"
  done
  diff -u -N -r LIVE-* MERGED-* >differences && exit
  # The directories' names are of this look alone.
  sed -e '/^diff /d' -e 's,^\([-+][-+][-+]\) [A-Z]*-[0-9]*/\([^\t]*\).*,\1 \2,' differences
  exit 1
)

# prefetch_manifests FUNCTION...: one look at all that these print, beside the checks that come first.
prefetch_manifests() {
  [ -e /etc/kubernetes/admin.conf ] || return 0
  ask_ahead manifests same_manifests "$@"
}

# same_manifests FUNCTION...: says "same" where the cluster is as all of these print.
same_manifests() {
  for f_print in "$@"; do
    "$f_print"
    printf '\n---\n'
  done | api_diff >/dev/null && echo same
}

# manifests_are_same: whether that look has found so. Where it has not, each is looked at alone.
manifests_are_same() { answered manifests; }

# manifest_is FUNCTION: status 0: the cluster is as the manifest says that it prints; 1: it is not; 2: it cannot be compared.
# Looked at twice, since what others change between the two looks of one comparison may be more than status: the annotations
# of a new node.
manifest_is() {
  for m_look in first second; do
    m_status=0
    "$1" | api_diff >"$P_RUN/manifest.diff" 2>&1 || m_status=$?
    [ "$m_status" -ne 0 ] || return 0
    [ "$m_status" -ne 1 ] || continue
    # A namespace that is not there: what belongs in it cannot be compared.
    ! grep -q 'namespaces "[^"]*" not found' "$P_RUN/manifest.diff" || return 1
    [ "$m_look" = first ] && await_api && continue
    cat "$P_RUN/manifest.diff" >&2
    return 2
  done
  return 1
}

# services_are_by kube-proxy|kube-router: who serves Services. Status 2 where the API server does not answer.
services_are_by() {
  s_found=$(api -n kube-system get daemonset kube-proxy --ignore-not-found -o name) || return 2
  s_served=kube-router
  [ -z "$s_found" ] || s_served=kube-proxy
  [ "$1" = "$s_served" ]
}
