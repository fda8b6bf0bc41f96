import { raw, sh } from '../../shell/quote.ts'

/**
 * Shell that defines `etcdctl`, asking the member of this host: with the tool that control planes keep, else with the one
 * in its container. Paths of certificates: kubeadm's.
 */
export const etcdctl = sh`
  etcdctl() {
    set -- --endpoints https://127.0.0.1:2379 --cacert /etc/kubernetes/pki/etcd/ca.crt --command-timeout 10s \\
      --cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key "$@"
    if [ -x /var/lib/provision/etcd/etcdctl ]; then
      /var/lib/provision/etcd/etcdctl "$@"
    else
      pod=etcd-$(sed -n 's/^ *- --name=//p' /etc/kubernetes/manifests/etcd.yaml)
      kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 30s -n kube-system exec "$pod" -- etcdctl "$@"
    fi
  }`

/**
 * Shell that leaves in `members` a line "ID NAME CLIENT-URL" for each member, in `lost` the lines of those named; `judge_quorum`
 * ends with status 2 and the reason where those that would remain have no majority, or there is none now. Source of the two rules: etcd's runtime reconfiguration guide.
 */
export function etcdMembers(without: readonly string[]) {
  return sh`
    ${raw(etcdctl)}
    members=$(etcdctl member list | sed -n 's/^\\([0-9a-f]*\\), [a-z]*, \\([^,]*\\), [^,]*, \\([^,]*\\), .*/\\1 \\2 \\3/p')
    [ -n "$members" ] || { say 'etcd does not list its members'; exit 2; }
    lost=''
    for name in ${without}; do
      line=$(printf '%s\\n' "$members" | grep "^[0-9a-f]* $name ") || continue
      lost="$lost$line$nl"
    done
    judge_quorum() {
      healthy=$(etcdctl endpoint health --cluster 2>&1 | sed -n 's/^\\([^ ]*\\) is healthy.*/\\1/p')
      all=0 well=0 rest=0 rest_well=0 ill=''
      while read -r id name url; do
        fine=0
        case "$nl$healthy$nl" in *"$nl$url$nl"*) fine=1 ;; *) ill="$ill $name" ;; esac
        all=$((all + 1)) well=$((well + fine))
        case "$lost" in *"$id "*) ;; *) rest=$((rest + 1)) rest_well=$((rest_well + fine)) ;; esac
      done <<P_EOF
    $members
    P_EOF
      if [ "$rest" -eq 0 ]; then say 'no member of etcd would be left'; exit 2; fi
      if [ "$well" -lt $((all / 2 + 1)) ]; then
        say "etcd has no majority now: $well of $all members are well, not:$ill. Members leave by agreement of the others"
        exit 2
      fi
      if [ "$rest_well" -lt $((rest / 2 + 1)) ]; then
        say "etcd would lose its majority: $rest_well of the $rest members left are well, not:$ill"
        exit 2
      fi
    }`
}
