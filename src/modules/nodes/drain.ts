import { lines, raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'

/**
 * A line "SPACE NAME CONTROLLER DELETED EMPTYDIR FINALIZERS" for each pod that a drain has to move: not those of the node
 * itself (mirrors of static pods), not those of DaemonSets. "-" where there is none.
 */
const pods =
  '{{range .items}}{{$stays := false}}{{with .metadata.annotations}}{{if index . "kubernetes.io/config.mirror"}}{{$stays = true}}{{end}}{{end}}' +
  '{{$owner := "-"}}{{range .metadata.ownerReferences}}{{if .controller}}{{$owner = .kind}}{{end}}{{end}}' +
  '{{if eq $owner "DaemonSet"}}{{$stays = true}}{{end}}{{if not $stays}}' +
  '{{.metadata.namespace}} {{.metadata.name}} {{$owner}} {{or .metadata.deletionTimestamp "-"}} ' +
  '{{$empty := "-"}}{{range .spec.volumes}}{{range $kind, $_ := .}}{{if eq $kind "emptyDir"}}{{$empty = $kind}}{{end}}{{end}}{{end}}{{$empty}} ' +
  '{{range .metadata.finalizers}}{{.}},{{end}}{{"\\n"}}{{end}}{{end}}'

/** A line "SPACE NAME SELECTOR" for each PodDisruptionBudget that allows nothing now; the selector as kubectl takes it. */
const budgets =
  '{{range .items}}{{if eq (or .status.disruptionsAllowed 0) 0}}{{.metadata.namespace}} {{.metadata.name}} ' +
  '{{with .spec.selector}}{{range $key, $value := .matchLabels}}{{$key}}={{$value}},{{end}}{{range .matchExpressions}}' +
  '{{if eq .operator "DoesNotExist"}}!{{end}}{{.key}}{{if eq .operator "In"}} in ({{range .values}}{{.}},{{end}}){{end}}' +
  '{{if eq .operator "NotIn"}} notin ({{range .values}}{{.}},{{end}}){{end}},{{end}}{{end}}{{"\\n"}}{{end}}{{end}}'

/**
 * Cordons and drains: pods are evicted, so PodDisruptionBudgets hold, and DaemonSets stay. When the deadline passes the
 * failure says of every pod that is left what keeps it. The node stays cordoned then.
 */
export const drain = defineModule({
  name: 'drain',
  summary: 'Nodes are cordoned and no pods are left on them but those of DaemonSets and the node itself.',
  schema: z.strictObject({
    nodes: z.array(z.string()).describe('Names of the nodes; those that the cluster does not know are left out'),
    present: z.boolean().default(true).describe('Only those whose hosts have answered in this run'),
    within: z.int().default(300).describe('Seconds that all pods of a node may take to leave'),
    deleteEmptyDirData: z.boolean().default(false).describe('Also pods with emptyDir volumes, whose data are lost'),
    force: z.boolean().default(false).describe('Also delete pods that have no controller. They are not recreated'),
  }),
  library: 'cluster',
  // Its own deadline is `within`.
  timeout: 90_000,
  compile(args, context) {
    const present = args.present ? context.gathered('present') : undefined
    const nodes = args.nodes.filter((name) => present === undefined || Object.hasOwn(present, name))
    if (nodes.length === 0) return { check: sh`:`, apply: sh`:`, output: sh`printf drained` }
    const flags = [...(args.deleteEmptyDirData ? ['--delete-emptydir-data'] : []), ...(args.force ? ['--force'] : [])]
    const hopeless = lines(
      !args.force &&
        sh`[ "$owner" != - ] || why="$why; it has no controller that would recreate it: --force deletes it"`,
      !args.deleteEmptyDirData &&
        sh`[ "$empty" = - ] || why="$why; its emptyDir would be lost: --delete-emptydir-data accepts that"`,
    )
    const left = sh`
      pods_left() {
        api get pods -A --field-selector "spec.nodeName=$1" -o go-template=${pods}
      }`
    return {
      check: sh`
        ${raw(left)}
        for node in ${nodes}; do
          cordoned=$(api get node "$node" --ignore-not-found -o 'jsonpath={.metadata.name} {.spec.unschedulable}') || exit 1
          case $cordoned in
          '' | "$node true") ;;
          *) say "$node takes pods"; exit 1 ;;
          esac
          here=$(pods_left "$node") || exit 1
          [ -z "$here" ] || { say "pods on $node: $(printf '%s' "$here" | cut -d ' ' -f 2 | tr '\\n' ' ')"; exit 1; }
        done`,
      apply: sh`
        ${raw(left)}
        # what keeps NODE: a line of plain words a pod
        account() {
          pods_left "$1" >"$P_RUN/pods"
          api get poddisruptionbudgets -A -o go-template=${budgets} >"$P_RUN/budgets"
          while read -r space pod owner deleted empty finalizers; do
            why=''
            while read -r budget_space budget selector; do
              [ "$budget_space" = "$space" ] || continue
              ! api -n "$space" get pods -l "\${selector%,}" -o name </dev/null | grep -Fxqe "pod/$pod" ||
                why="$why; PodDisruptionBudget $budget allows no disruption now"
            done <"$P_RUN/budgets"
            [ "$deleted" = - ] || why="; it has been ending since $deleted"
            [ "$deleted" = - ] || [ -z "$finalizers" ] || why="$why, held by finalizer \${finalizers%,}"
            ${raw(hopeless)}
            say "  $space/$pod: $(printf '%s' "\${why:-; it takes its time to end}" | cut -c 3-)"
          done <"$P_RUN/pods"
        }
        known=''
        for node in ${nodes}; do
          found=$(api get node "$node" --ignore-not-found -o name)
          [ -z "$found" ] || known="$known $node"
        done
        [ -n "$known" ] || exit 0
        # shellcheck disable=SC2086 # one word a node
        if ! kubectl --kubeconfig /etc/kubernetes/admin.conf drain $known --ignore-daemonsets --timeout ${`${args.within}s`} ${flags}; then
          say "what keeps pods there, after at most ${args.within} s:"
          for node in $known; do account "$node"; done
          say "not drained, and left cordoned; kubectl uncordon$known lets pods in again"
          exit 1
        fi`,
      output: sh`printf drained`,
    }
  },
})
