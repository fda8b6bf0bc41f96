# shellcheck shell=sh disable=SC2154,SC2016 # what the prelude sets; templates have variables of their own
# --- the cluster, as its API shows it ---------------------------------------------

# api WORD...: kubectl, as the cluster's admin. Applying is server-side and under our own name: only what we set is ours.
api() { kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 60s "$@"; }
api_apply() { api apply --server-side --force-conflicts --field-manager=provision -f -; }

# await_api: where a run may change things, waits for an API server that does not answer: what it runs in may just have been
# started anew, with it. Status 1 where it stays away, or where there is nothing to wait for.
await_api() { [ "$P_MODE" = apply ] && wait_for 60 'the API server' api_answers; }

# patiently COMMAND...: once more when the API server answers.
patiently() { "$@" || { await_api && "$@"; }; }

# query_cluster TYPE...: what the API shows of nodes, and of pods and configmaps in kube-system; a line each:
#   node NAME READY VERSION UID RUNTIME
#   managed NAME                   a node of ours
#   taints NAME |NOTED| TAINT...   NOTED are those that we have set; each is key=value:Effect
#   pod NODE NAME PHASE            one that is neither ready nor finished; - for the node where it has none
#   removed NAME WHEN              a node that was removed for good
#   addon NAME                     an add-on that we have applied
query_cluster() {
  q_types=$(IFS=, && echo "$*")
  api -n kube-system get "$q_types" -o go-template='
    {{- range .items}}
      {{- $name := .metadata.name}}{{$info := .status.nodeInfo}}{{$ready := ""}}
      {{- range .status.conditions}}{{if eq .type "Ready"}}{{$ready = .status}}{{end}}{{end}}
      {{- if eq .kind "Node"}}
        {{- ""}}node {{$name}} {{$ready}} {{$info.kubeletVersion}} {{.metadata.uid}} {{$info.containerRuntimeVersion}}{{"\n"}}
        {{- with .metadata.labels}}{{with index . "provision/managed"}}managed {{$name}}{{"\n"}}{{end}}{{end}}
        {{- ""}}taints {{$name}} |{{with .metadata.annotations}}{{with index . "provision/taints"}}{{.}}{{end}}{{end}}|
        {{- range .spec.taints}} {{.key}}={{with .value}}{{.}}{{end}}:{{.effect}}{{end}}{{"\n"}}
      {{- else if eq .kind "Pod"}}
        {{- if and (ne $ready "True") (ne .status.phase "Succeeded")}}pod {{or .spec.nodeName "-"}} {{$name}} {{.status.phase}}{{"\n"}}{{end}}
      {{- else if eq $name "provision-removed-nodes"}}
        {{- range $node, $when := .data}}removed {{$node}} {{$when}}{{"\n"}}{{end}}
      {{- else}}
        {{- with .metadata.labels}}{{with index . "provision/addon"}}addon {{.}}{{"\n"}}{{end}}{{end}}
      {{- end}}
    {{- end}}'
}

# prefetch_cluster TYPE...: asks beside the checks that come first.
prefetch_cluster() {
  [ -e /etc/kubernetes/admin.conf ] || return 0
  ask_ahead cluster query_cluster "$@"
}

# cluster TYPE...: what query_cluster says of these types, and perhaps of others; status 1 where the API does not answer.
cluster() {
  if answered cluster; then
    cat "$P_RUN/cluster"
  else
    patiently query_cluster "$@"
  fi
}
