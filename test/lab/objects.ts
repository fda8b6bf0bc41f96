import { createHash } from 'node:crypto'
import { kubectl, on, type TestLab } from './harness.ts'

/** Makes so many ConfigMaps and Secrets, each with data of its own, and two pods that do nothing. */
export async function makeObjects(lab: TestLab, count: number): Promise<void> {
  await on(
    lab,
    'cp1',
    `i=0
    while [ $i -lt ${count / 2} ]; do
      printf -- '---\\napiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: kept-%s, namespace: default}\\ndata: {value: "plain %s"}\\n' $i $i
      printf -- '---\\napiVersion: v1\\nkind: Secret\\nmetadata: {name: kept-%s, namespace: default}\\nstringData: {value: "secret %s"}\\n' $i $i
      i=$((i + 1))
    done >/run/objects.yaml
    kubectl --kubeconfig /etc/kubernetes/admin.conf create -f /run/objects.yaml >/dev/null
    rm /run/objects.yaml`,
  )
  const words = 'create deployment idle --image docker.io/library/busybox:1.37 --replicas 2'
  await kubectl(lab, `${words} -- sh -c 'while :; do sleep 3600; done'`)
  await kubectl(lab, 'rollout status deployment/idle --timeout 120s')
}

/** How many ConfigMaps and Secrets of ours there are, and a digest of all of their names and data. */
export async function objectsOf(lab: TestLab): Promise<{ count: number; digest: string }> {
  const template = '{{range .items}}{{.kind}} {{.metadata.name}} {{.data}}{{"\\n"}}{{end}}'
  const all = await kubectl(lab, `-n default get configmaps,secrets -o go-template='${template}'`)
  const ours = all.split('\n').filter((line) => / kept-\d+ /.test(line))
  return { count: ours.length, digest: createHash('sha256').update(ours.sort().join('\n')).digest('hex') }
}

/** Containers that run on a host, without those of a proof that is just being taken away: `NAMESPACE ID STARTED`. */
export async function podContainers(lab: TestLab, host: string): Promise<string[]> {
  const listed = await on(
    lab,
    host,
    `ctr -n k8s.io tasks ls | while read -r id pid state; do
      [ "$state" = RUNNING ] || continue
      labels=$(ctr -n k8s.io containers info "$id") && stat=$(sed 's/.*) //' "/proc/$pid/stat") || continue
      namespace=$(echo "$labels" | sed -n 's/.*"io.kubernetes.pod.namespace": "\\([^"]*\\)".*/\\1/p' | head -n 1)
      echo "$namespace $id $(echo "$stat" | cut -d ' ' -f 20)"
    done 2>/dev/null`,
  )
  const lines = listed.trim().split('\n')
  return lines.filter((line) => !line.startsWith('provision-verify ')).sort()
}
