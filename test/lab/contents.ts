import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { catalogue } from '../../src/catalogue/load.ts'
import { on, provision, type Ran, type TestLab, variant } from './harness.ts'

/** How many ConfigMaps, and how many Secrets. */
const many = 1000
const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf'

/** Kinds of which the test makes objects of its own. */
const kinds = [
  'namespaces',
  'configmaps',
  'secrets',
  'serviceaccounts',
  'services',
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'cronjobs.batch',
  'ingresses.networking.k8s.io',
  'networkpolicies.networking.k8s.io',
  'poddisruptionbudgets.policy',
  'horizontalpodautoscalers.autoscaling',
  'resourcequotas',
  'limitranges',
  'persistentvolumes',
  'persistentvolumeclaims',
  'storageclasses.storage.k8s.io',
  'priorityclasses.scheduling.k8s.io',
  'roles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
  'clusterroles.rbac.authorization.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'keepsakes.test.example.com',
  'leases.coordination.k8s.io',
] as const

/** The lab as an operator has it who encrypts his archives with a passphrase from a file. */
export async function withPassphrase(lab: TestLab): Promise<TestLab> {
  const file = join(dirname(lab.inventory), 'passphrase')
  await writeFile(file, 'a passphrase for tests\n', { mode: 0o600 })
  const inventory = variant(lab, 'encrypted', (own) => {
    own.backup = { passphrase: { file } }
  })
  return { ...lab, inventory }
}

/** Fills a cluster with objects of every common kind, 1,000 ConfigMaps and 1,000 Secrets, and pods that run on `worker`. */
export async function fill(lab: TestLab, worker: string): Promise<void> {
  const manifests = common(worker).map((each) => JSON.stringify(each))
  const encoded = Buffer.from(manifests.join('\n---\n')).toString('base64').replace(/.{76}/g, '$&\n')
  await on(lab, 'cp1', `base64 -d >/root/contents.yaml <<'END'\n${encoded}\nEND\n${numbered}`)
  const create = `${kubectl} apply --server-side --field-manager=test -f /root/contents.yaml >/root/contents.log 2>&1`
  // The first time the custom kind is not known yet when its object comes.
  await on(lab, 'cp1', `${create} || { sleep 5; ${create}; } || { tail -n 20 /root/contents.log; exit 1; }`)
  await on(
    lab,
    'cp1',
    `${kubectl} -n kept rollout status deployment/steady --timeout 120s
     ${kubectl} -n kept rollout status statefulset/steady --timeout 120s
     ${kubectl} -n kept rollout status daemonset/steady --timeout 120s`,
  )
}

/** Every object that `fill` made, by kind, namespace and name, with a digest of all that is neither status nor bookkeeping. */
export async function contents(lab: TestLab): Promise<Readonly<Record<string, string>>> {
  const text = await on(lab, 'cp1', `${kubectl} get ${kinds.join(',')} -A -l test=kept -o json`)
  const { items } = JSON.parse(text) as { items: readonly KubernetesObject[] }
  return Object.fromEntries(
    items.map((item) => {
      const { namespace = '', name, uid, labels, annotations } = item.metadata
      const { status: _, metadata: __, ...value } = item
      const digest = createHash('sha256').update(
        JSON.stringify([sorted(value), uid, sorted(labels), sorted(annotations)]),
      )
      return [`${item.kind} ${namespace}/${name}`, digest.digest('hex')]
    }),
  )
}

interface KubernetesObject {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid: string
    readonly labels?: unknown
    readonly annotations?: unknown
  }
  readonly status?: unknown
}

/** The containers of a host and the processes they began as: asked from the runtime. */
export async function containersOn(lab: TestLab, host: string): Promise<string> {
  return on(lab, host, 'ctr -n k8s.io tasks ls | awk \'$3 == "RUNNING" { print $1, $2 }\' | sort')
}

/** Rebuilds, and shows what the operator reads. */
export async function rebuild(lab: TestLab, words: readonly string[]): Promise<Ran> {
  const ran = await provision(lab, ['rebuild', ...words])
  console.log(ran.output.replace(/^\{".*\n/gm, ''))
  return ran
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  )
}

const labels = { test: 'kept' }
const named = (name: string) => ({ name, namespace: 'kept', labels })

/** Shell that adds them to the manifest: too many to be sent. */
const numbered = `
  i=0
  while [ $i -lt ${many} ]; do
    head='"apiVersion": "v1", "metadata": {"namespace": "kept", "labels": {"test": "kept"}, "name": "n'$i'"}'
    printf '\\n---\\n{"kind": "ConfigMap", %s, "data": {"value": "value %s\\\\n"}}' "$head" $((i * i))
    printf '\\n---\\n{"kind": "Secret", %s, "stringData": {"token": "token %s of nobody"}}' "$head" $((i * 7919))
    i=$((i + 1))
  done >>/root/contents.yaml`

function common(worker: string): object[] {
  const pod = {
    metadata: { labels: { ...labels, app: 'steady' } },
    spec: {
      nodeName: worker,
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'steady', image: catalogue.busybox.image, command: ['sleep', '86400'] }],
    },
  }
  const selector = { matchLabels: { app: 'steady' } }
  const subject = { kind: 'ServiceAccount', name: 'kept', namespace: 'kept' }
  const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
  const storage = { accessModes: ['ReadWriteOnce'], storageClassName: 'kept' }
  const cluster = { name: 'kept', labels }
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: cluster },
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'keepsakes.test.example.com', labels },
      spec: {
        group: 'test.example.com',
        scope: 'Namespaced',
        names: { plural: 'keepsakes', singular: 'keepsake', kind: 'Keepsake' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: named('kept') },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: named('kept'),
      spec: { selector: { app: 'steady' }, ports: [{ port: 80 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: named('steady'),
      spec: { replicas: 2, selector, template: pod },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: named('steady'),
      spec: {
        serviceName: 'kept',
        replicas: 1,
        selector: { matchLabels: { app: 'set' } },
        template: { ...pod, metadata: { labels: { ...labels, app: 'set' } } },
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: named('steady'),
      spec: {
        selector: { matchLabels: { app: 'daemon' } },
        template: { metadata: { labels: { ...labels, app: 'daemon' } }, spec: { ...pod.spec, nodeName: undefined } },
      },
    },
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: named('done'),
      spec: {
        template: {
          metadata: { labels },
          spec: {
            nodeName: worker,
            restartPolicy: 'Never',
            containers: [{ name: 'done', image: catalogue.busybox.image, command: ['true'] }],
          },
        },
      },
    },
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: named('yearly'),
      spec: {
        schedule: '0 0 1 1 *',
        jobTemplate: {
          spec: {
            template: {
              spec: {
                restartPolicy: 'Never',
                containers: [{ name: 'yearly', image: catalogue.busybox.image, command: ['true'] }],
              },
            },
          },
        },
      },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: named('kept'),
      spec: { defaultBackend: { service: { name: 'kept', port: { number: 80 } } } },
    },
    { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: named('kept'), spec: { podSelector: {} } },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: named('kept'),
      spec: { minAvailable: 1, selector },
    },
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: named('kept'),
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'nobody' }, maxReplicas: 2 },
    },
    { apiVersion: 'v1', kind: 'ResourceQuota', metadata: named('kept'), spec: { hard: { pods: '50' } } },
    {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: named('kept'),
      spec: { limits: [{ type: 'Pod', max: { cpu: '8' } }] },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: cluster,
      spec: { ...storage, capacity: { storage: '1Gi' }, hostPath: { path: '/srv/kept' } },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: named('kept'),
      spec: { ...storage, volumeName: 'kept', resources: { requests: { storage: '1Gi' } } },
    },
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: cluster,
      provisioner: 'kubernetes.io/no-provisioner',
    },
    { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: cluster, value: 7 },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: named('kept'), rules },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: named('kept'),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'kept' },
      subjects: [subject],
    },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: cluster, rules },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: cluster,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'kept' },
      subjects: [subject],
    },
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: named('kept'),
      spec: { holderIdentity: 'nobody' },
    },
    { apiVersion: 'test.example.com/v1', kind: 'Keepsake', metadata: named('kept'), text: 'what was kept' },
  ]
}
