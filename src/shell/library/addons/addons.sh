# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- add-ons ----------------------------------------------------------------------
# What an add-on is made of stands in the ConfigMap kube-system/provision-addon-NAME: lines "TYPE NAMESPACE NAME", in the
# order in which they were applied; "-" for the namespace of what has none.

# addon_objects NAME: nothing where it is not there.
addon_objects() {
  api -n kube-system get configmap "provision-addon-$1" --ignore-not-found -o 'go-template={{.data.objects}}'
}

# note_addon NAME OBJECTS
note_addon() {
  {
    printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: provision-addon-%s\n  namespace: kube-system\n' "$1"
    printf '  labels: { app.kubernetes.io/managed-by: provision, provision/addon: %s }\n' "$1"
    printf 'data:\n  objects: |-\n'
    printf '%s\n' "$2" | sed 's/^/    /'
  } | api_apply >/dev/null
}

# addon_diff NAME OBJECTS CONTENT: what applying it would change.
addon_diff() {
  d_noted=$(addon_objects "$1")
  # Into a namespace that is not there nothing can be tried.
  if [ -z "$d_noted" ] && [ -n "$2" ]; then
    printf '%s\n' "$2" | sed 's/^/+ /'
    return
  fi
  "$3" | api_diff || :
  lines_without "$d_noted" "$2" | sed 's/^/- /'
}

# lines_without LINES OTHERS: those lines that are not among the others.
lines_without() {
  printf '%s\n' "$1" | others=$2 awk 'BEGIN { count = split(ENVIRON["others"], line, "\n"); for (i = 1; i <= count; i++) other[line[i]] = 1 } $0 != "" && !($0 in other)'
}

# apply_addon NAME OBJECTS CONTENT: what is to be there is noted first; what it is then, CONTENT itself notes at its end. So
# whoever is killed in between leaves nothing that nobody knows of.
apply_addon() {
  p_was=$(addon_objects "$1") && p_gone=$(lines_without "$p_was" "$2") && note_addon "$1" "$p_gone${p_gone:+$nl}$2" || return 1
  [ -z "$p_gone" ] || printf '%s\n' "$p_gone" | delete_objects || return 1
  p_content=$3
  # shellcheck disable=SC2317 # called by retry
  apply_content() { "$p_content" | api_apply; }
  retry 5 1 apply_content
}

# other_addons NAME...: the add-ons that we have applied, without these; a line each.
other_addons() {
  a_all=$(cluster configmaps) || return
  printf '%s\n' "$a_all" | named=" $* " awk '$1 == "addon" && index(ENVIRON["named"], " " $2 " ") == 0 { print $2 }'
}

# remove_addon NAME
remove_addon() {
  # Not in one pipeline: where the API server does not say what there is, the note has to stay.
  r_objects=$(addon_objects "$1") && printf '%s\n' "$r_objects" | delete_objects &&
    api -n kube-system delete configmap "provision-addon-$1" --ignore-not-found && rm -f "$P_STATE/addons/$1"
}

# delete_objects: reads lines "TYPE NAMESPACE NAME", and deletes the last first.
delete_objects() {
  sed '1!G;h;$!d' | while read -r o_type o_namespace o_name; do
    [ -n "$o_name" ] || continue
    delete_object "$o_type" "$o_namespace" "$o_name" </dev/null || return 1
  done
}

# delete_object TYPE NAMESPACE NAME: what is still ours, and holds nothing of others. Fails where nobody says what it holds.
delete_object() {
  o_type=$1 o_name=$3 o_where=''
  [ "$2" = - ] || o_where="-n $2"
  # shellcheck disable=SC2086 # two words or none
  if ! o_owner=$(api $o_where get "$o_type" "$o_name" --ignore-not-found -o 'go-template={{with .metadata.labels}}{{index . "app.kubernetes.io/managed-by"}}{{end}}' 2>&1); then
    case $o_owner in *"the server doesn't have a resource type"* | *'no matches for kind'*) return 0 ;; esac
    say "$o_owner"
    return 1
  fi
  [ -n "$o_owner" ] || return 0
  if [ "$o_owner" != provision ]; then
    note "${o_type%%.*} $o_name no longer belongs to provision, and stays"
    return 0
  fi
  case $o_type in
  PersistentVolumeClaim.*)
    note "the claim $o_name stays, with what is in it: kubectl $o_where delete pvc $o_name"
    return 0
    ;;
  StorageClass.*)
    o_volumes=$(api get persistentvolumes -o 'go-template={{range .items}}{{.spec.storageClassName}} {{.metadata.name}}{{"\n"}}{{end}}' | sed -n "s/^$o_name //p" | paste -s -d ' ' -)
    [ -z "$o_volumes" ] || note "volumes of the class $o_name stay on their nodes, and nothing deletes them any more: kubectl delete pv $o_volumes"
    ;;
  CustomResourceDefinition.*)
    o_others=$(api get "$o_name" -A -o name) || return 1
    if [ -n "$o_others" ]; then
      note "the definition $o_name stays: there are objects of it"
      return 0
    fi
    ;;
  Namespace.*)
    o_others=$(foreign_objects "$o_name") || return 1
    if [ -n "$o_others" ]; then
      note "the namespace $o_name stays, for it holds $(printf '%s' "$o_others" | tr '\n' ' ')"
      return 0
    fi
    ;;
  esac
  # shellcheck disable=SC2086
  api $o_where delete "$o_type" "$o_name" --ignore-not-found --timeout 120s --request-timeout 0
}

# foreign_objects NAMESPACE: what somebody else has put there, as KIND/NAME; without what Kubernetes makes of itself and
# what goes with its owner, and of ours only claims, which are kept.
foreign_objects() {
  # Tried again: an API of an add-on that has just gone is missed for a moment.
  f_all=$(retry 4 1 api api-resources --verbs=list,delete --namespaced -o name) || return
  f_types=$(printf '%s\n' "$f_all" | grep -v -e '^events' -e '^endpoints' -e '^leases' -e 'metrics.k8s.io$' | sort -u | paste -s -d , -)
  f_found=$(api -n "$1" get "$f_types" -o 'go-template={{range .items}}{{if not .metadata.deletionTimestamp}}{{if not .metadata.ownerReferences}}{{with .metadata.labels}}{{index . "app.kubernetes.io/managed-by"}}{{end}} {{.kind}}/{{.metadata.name}}{{"\n"}}{{end}}{{end}}{{end}}') || return
  printf '%s\n' "$f_found" |
    sed -e '/^provision PersistentVolumeClaim/!{/^provision /d;}' -e 's/^.* //' -e '/^$/d; /^ServiceAccount\/default$/d; /^ConfigMap\/kube-root-ca.crt$/d'
}

# prove_with MANIFEST: applies what the function MANIFEST prints, anew where an earlier proof was cut short.
prove_with() {
  "$1" | api delete --ignore-not-found --cascade=background --timeout 120s --request-timeout 0 -f - >/dev/null &&
    "$1" | api_apply >/dev/null
}

# addon_ready SECONDS NAMESPACE WORD...: waits until `kubectl WORD...` says so: rollout status OBJECT, or wait --for=CONDITION OBJECT.
addon_ready() {
  r_seconds=$1 C_NAMESPACES=$2
  shift 2
  say "waiting in $C_NAMESPACES: $*"
  await_pods "$r_seconds" pods api -n "$C_NAMESPACES" "$@" --timeout 10s --request-timeout 0 && return
  explain pods >&2 || :
  say "${B_AFTER}not ready in $C_NAMESPACES: kubectl $*"
  return 1
}

# end_proof MANIFEST: nobody waits until it is all gone.
end_proof() { "$1" | api delete --wait=false --ignore-not-found --cascade=background -f - >/dev/null; }
