import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { request } from 'node:https'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogue } from '../../src/catalogue/load.ts'
import {
  eventually,
  expectCode,
  freshLab,
  hostOf,
  type Inventory,
  kubectl,
  on,
  provision,
  type Ran,
  removeLab,
  results,
  summaryOf,
  type TestLab,
  variant,
} from './harness.ts'

// Add-ons on a cluster that stands: each installed, used as people use it, changed, and taken out again.
let lab: TestLab
let before: string[]
const nodes = ['cp1', 'w1', 'w2']
const password = 'a secret of the test'
const registry = () => `registry.${lab.lab.name}.internal`

const wanted = {
  coredns: { replicas: 3, zones: { 'corp.example': ['10.9.9.9'] } },
  'metrics-server': true,
  'local-path': true,
  traefik: {} as Record<string, unknown>,
  registry: { password: { file: 'registry-password' }, size: '1Gi' },
  limits: { namespaces: ['default', 'team-a'], quota: { pods: 20 } },
}

/** An inventory with these add-ons. */
function withAddons(name: string, addons: object): { readonly inventory: string } {
  const inventory = variant(lab, name, (given: Inventory) => Object.assign(given, { addons }))
  writeFileSync(join(dirname(inventory), 'registry-password'), `${password}\n`, { mode: 0o600 })
  return { inventory }
}

beforeAll(async () => {
  lab = await freshLab({ addons: true })
  expectCode(await provision(lab), 0)
  before = await objects()
})

afterAll(removeLab)

describe('named in the inventory', () => {
  test('all are installed, and proven', async () => {
    const on = withAddons('on', wanted)
    const ran = await provision(lab, [], on)
    expectCode(ran, 0)
    const names = Object.keys(wanted)
    expect(results(ran, ['changed'])).toEqual(
      expect.arrayContaining(names.flatMap((name) => [`cp1: Add-on ${name}`, `cp1: Add-on ${name} works`])),
    )
    expect(ran.output).not.toContain(password)
  })

  test('a second run has nothing to do, in one exec a host', async () => {
    const ran = await provision(lab, [], withAddons('on', wanted))
    expectCode(ran, 0)
    expect(results(ran, ['changed'])).toEqual([])
    expect(summaryOf(ran).hosts.map((host) => [host.connections, host.execs])).toEqual(nodes.map(() => [1, 1]))
  })

  test('provision addons lists them', async () => {
    const ran = await provision(lab, ['addons'], withAddons('on', wanted))
    expect(ran.code).toBe(0)
    const listed = JSON.parse(ran.output.trim().split('\n').at(-1) ?? '') as {
      addons: { name: string; inInventory: boolean; inCluster?: string }[]
    }
    const there = listed.addons.filter((each) => each.inInventory && each.inCluster !== undefined)
    expect(there.map((each) => each.name).sort()).toEqual(Object.keys(wanted).sort())
  })
})

describe('used as people use them', () => {
  test('metrics-server: kubectl top answers for every node and for pods', async () => {
    const top = await kubectl(lab, 'top nodes --no-headers')
    expect(top.split('\n').map((line) => line.split(/\s+/)[0])).toEqual(nodes)
    expect(top).not.toContain('<unknown>')
    await eventually('pods are measured', async () =>
      (await kubectl(lab, 'top pods -A --no-headers')).includes('coredns'),
    )
  })

  test('kubelets show certificates that the cluster signed, with their own names alone', async () => {
    for (const node of nodes) {
      const { address } = hostOf(lab, node)
      const shown = await on(
        lab,
        'cp1',
        `openssl s_client -connect ${address}:10250 -CAfile /etc/kubernetes/pki/ca.crt -verify_return_error </dev/null 2>/dev/null |
          openssl x509 -noout -ext subjectAltName`,
      )
      expect(shown.replace(/\s+/g, ' ')).toContain(`DNS:${node}, IP Address:${address}`)
    }
  })

  test('local-path: what a pod wrote is there for the next one', async () => {
    await apply({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'team-a' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
    })
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
    await runOnce('writer', 'team-a', 'echo kept >/data/file', volumes)
    await runOnce('reader', 'team-a', 'cat /data/file', volumes)
    expect(await kubectl(lab, '-n team-a logs reader')).toBe('kept')
    await kubectl(lab, '-n team-a delete pod/writer pod/reader pvc/data --now')
  })

  test('limits: a pod that says nothing is given some', async () => {
    await runOnce('plain', 'default', 'true')
    const limits = await kubectl(lab, "get pod plain -o 'jsonpath={.spec.containers[0].resources.limits.memory}'")
    expect(limits).toBe('512Mi')
    await kubectl(lab, 'delete pod plain --now')
  })

  test('traefik: an Ingress answers over HTTP and HTTPS on each node', async () => {
    await kubectl(
      lab,
      `-n team-a run web --image=${catalogue.busybox.image} --port=8080 --expose -- sh -c 'mkdir /www && echo it is me >/www/index.html && httpd -f -p 8080 -h /www'`,
    )
    await kubectl(lab, '-n team-a wait --for=condition=Ready pod/web --timeout=120s')
    await kubectl(lab, "-n team-a create ingress web --rule='web.example/*=web:8080'")
    for (const node of nodes) {
      const { address } = hostOf(lab, node)
      await eventually(`${node} answers over HTTP`, async () =>
        (await overHttp(address, 'web.example')).includes('it is me'),
      )
      await eventually(`${node} answers over HTTPS`, async () =>
        (await overHttps(address, 'web.example')).text.includes('it is me'),
      )
    }
    expect(await kubectl(lab, "-n team-a get ingress web -o 'jsonpath={.spec.ingressClassName}'")).toBe('traefik')
    await kubectl(lab, '-n team-a delete ingress,service,pod web --now')
  })

  test('registry: pushed with Docker on one node, pulled by a pod on another', async () => {
    const image = `${registry()}/team/app:1`
    await on(
      lab,
      'w1',
      `docker pull -q ${catalogue.busybox.image} && docker tag ${catalogue.busybox.image} ${image} && docker push -q ${image}`,
    )
    const overrides = JSON.stringify({ apiVersion: 'v1', spec: { nodeName: 'w2' } })
    await kubectl(
      lab,
      `-n team-a run pulled --image=${image} --image-pull-policy=Always --restart=Never --overrides='${overrides}' -- true`,
    )
    await kubectl(lab, "-n team-a wait --for=jsonpath='{.status.phase}'=Succeeded pod/pulled --timeout=120s")
    await kubectl(lab, '-n team-a delete pod pulled --now')
  })

  test('coredns: as many as wanted, one a node', async () => {
    const where = await kubectl(
      lab,
      "-n kube-system get pods -l k8s-app=kube-dns -o 'jsonpath={.items[*].spec.nodeName}'",
    )
    expect(where.split(' ').sort()).toEqual(nodes)
    expect(await kubectl(lab, '-n kube-system get configmap coredns -o yaml')).toContain('corp.example:53')
  })
})

describe('a setting changed', () => {
  const given = () => {
    const directory = dirname(withAddons('changed', wanted).inventory)
    mkdirSync(directory, { recursive: true })
    execFileSync(
      'openssl',
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:P-256',
          '-nodes',
          '-days',
          '2',
          '-subj',
          '/CN=given.example',
        ],
        ...[
          '-addext',
          'subjectAltName=DNS:given.example',
          '-keyout',
          join(directory, 'tls.key'),
          '-out',
          join(directory, 'tls.crt'),
        ],
      ],
      { stdio: 'ignore' },
    )
    return withAddons('changed', {
      ...wanted,
      'metrics-server': { replicas: 2 },
      traefik: { tls: { certificate: 'tls.crt', key: { file: 'tls.key' } } },
    })
  }

  test('is what the plan says, is what happens, and restarts what must restart alone', async () => {
    const changed = given()
    const pods = await podsByApp()
    const planned = await provision(lab, ['plan'], changed)
    expectCode(planned, 3)
    expect(planned.output).toContain('replicas: 2')
    expect(planned.output).not.toContain('PRIVATE KEY')
    const ran = await provision(lab, [], changed)
    expectCode(ran, 0)
    // It waits for pods that have just been replaced, which no plan can know.
    const waited = 'cp1: Nodes, pods, DNS and Services'
    const changes = results(ran, ['changed']).filter((each) => each !== waited)
    expect(changes).toEqual(results(planned, ['would-change', 'unknown']))
    const now = await podsByApp()
    expect(now.get('metrics-server')).toEqual(expect.arrayContaining(pods.get('metrics-server') ?? ['none']))
    expect(now.get('traefik')?.filter((uid) => pods.get('traefik')?.includes(uid))).toEqual([])
    for (const app of ['registry', 'local-path-provisioner', 'kube-dns', 'kube-proxy'])
      expect(now.get(app), app).toEqual(pods.get(app))
    const { certificate } = await overHttps(hostOf(lab, 'w1').address, 'unknown.example')
    expect(certificate).toBe('given.example')
  })

  test('by hand, it is put back', async () => {
    await kubectl(lab, '-n traefik delete service,configmap traefik --ignore-not-found')
    await kubectl(lab, '-n kube-system scale deployment metrics-server --replicas 1')
    const ran = await provision(lab, [], given())
    expectCode(ran, 0)
    expect(results(ran, ['changed'])).toEqual(
      expect.arrayContaining(['cp1: Add-on metrics-server', 'cp1: Add-on traefik']),
    )
  })
})

describe('no longer named', () => {
  test('they go, but for what others put there and what holds data', async () => {
    await kubectl(lab, '-n traefik create configmap of-somebody')
    const ran = await provision(lab, [])
    expectCode(ran, 0)
    const told = warnings(ran)
    expect(told.join('\n')).toMatch(/the claim registry stays/)
    expect(told.join('\n')).toMatch(/volumes of the class local-path stay on their nodes/)
    expect(told.join('\n')).toMatch(/the namespace traefik stays, for it holds ConfigMap\/of-somebody/)
    expect(await kubectl(lab, '-n registry get pvc registry -o name')).toBe('persistentvolumeclaim/registry')
  })

  test('and nothing is left once those are deleted', async () => {
    await kubectl(lab, 'delete namespace traefik registry team-a --timeout=180s')
    await kubectl(lab, 'delete pv --all --timeout=60s')
    let left: string[] = []
    await eventually('nothing is left', async () => {
      left = (await objects()).filter((each) => !before.includes(each))
      return left.length === 0
    }).catch(() => {})
    expect(left).toEqual([])
    for (const node of nodes) {
      expect(
        await on(lab, node, 'cat /etc/hosts; ls /etc/containerd/certs.d /etc/docker/certs.d 2>/dev/null || :'),
      ).not.toContain(registry())
      expect(
        await on(lab, node, 'cat /root/.docker/config.json /var/lib/kubelet/config.json 2>/dev/null || :'),
      ).not.toContain('registry')
      expect(await on(lab, node, 'cat /etc/kubernetes/kubelet.conf.d/*')).not.toContain('serverTLSBootstrap')
    }
    expect(await on(lab, 'cp1', 'ls /usr/local/sbin/provision-serving-certificates 2>/dev/null || :')).toBe('')
  })

  test('a second run has nothing to do', async () => {
    expect(results(await provision(lab, []), ['changed'])).toEqual([])
  })
})

/** Everything in the cluster, but for what comes and goes by itself. */
async function objects(): Promise<string[]> {
  const types = await kubectl(lab, 'api-resources --verbs=list --no-headers -o name')
  const fleeting =
    /^(events|leases|endpoints|endpointslices|pods|replicasets|controllerrevisions|certificatesigningrequests|componentstatuses|ipaddresses)(\.|$)|metrics\.k8s\.io$/
  const asked = types.split('\n').filter((type) => !fleeting.test(type))
  const listed = await kubectl(
    lab,
    `get ${asked.join(',')} -A --ignore-not-found -o 'go-template={{range .items}}{{.kind}} {{.metadata.namespace}} {{.metadata.name}}{{"\\n"}}{{end}}'`,
  )
  return listed.split('\n').sort()
}

/** Pods by what they are called, as their uids. */
async function podsByApp(): Promise<Map<string, string[]>> {
  const listed = await kubectl(
    lab,
    `get pods -A -o 'go-template={{range .items}}{{with .metadata.labels}}{{or .app (index . "k8s-app")}}{{end}} {{.metadata.uid}}{{"\\n"}}{{end}}'`,
  )
  const found = new Map<string, string[]>()
  for (const line of listed.split('\n')) {
    const [app = '', uid = ''] = line.split(' ')
    found.set(app, [...(found.get(app) ?? []), uid].sort())
  }
  return found
}

function warnings(ran: Ran): string[] {
  return summaryOf(ran).warnings.map((each) => each.message)
}

async function apply(object: object): Promise<void> {
  await on(
    lab,
    'cp1',
    `kubectl --kubeconfig /etc/kubernetes/admin.conf apply -f - <<'END'\n${JSON.stringify(object)}\nEND`,
  )
}

/** A pod that runs this to its end. */
async function runOnce(
  name: string,
  namespace: string,
  script: string,
  volumes: readonly { name: string }[] = [],
): Promise<void> {
  const mounts = volumes.map((volume) => ({ name: volume.name, mountPath: `/${volume.name}` }))
  await apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      restartPolicy: 'Never',
      volumes,
      containers: [{ name, image: catalogue.busybox.image, command: ['sh', '-c', script], volumeMounts: mounts }],
    },
  })
  await kubectl(lab, `-n ${namespace} wait --for=jsonpath='{.status.phase}'=Succeeded pod/${name} --timeout=120s`)
}

function overHttp(address: string, host: string): Promise<string> {
  return new Promise((resolve) => {
    const asked = get({ host: address, headers: { host }, timeout: 10_000 }, (answer) => {
      let text = ''
      answer.on('data', (part: Buffer) => {
        text += part.toString()
      })
      answer.on('end', () => resolve(text))
    })
    asked.on('timeout', () => asked.destroy(new Error('timeout')))
    asked.on('error', (error) => resolve(String(error)))
  })
}

/** What is answered, and whose certificate is shown. */
function overHttps(address: string, host: string): Promise<{ text: string; certificate: string }> {
  return new Promise((resolve) => {
    let certificate = ''
    const settings = {
      host: address,
      servername: host,
      headers: { host },
      rejectUnauthorized: false,
      timeout: 10_000,
      agent: false,
    }
    const asked = request(settings, (answer) => {
      let text = ''
      answer.on('data', (part: Buffer) => {
        text += part.toString()
      })
      answer.on('end', () => resolve({ text, certificate }))
    })
    asked.on('socket', (socket) => {
      socket.on('secureConnect', () => {
        certificate = String((socket as import('node:tls').TLSSocket).getPeerCertificate().subject?.CN ?? '')
      })
    })
    asked.on('timeout', () => asked.destroy(new Error('timeout')))
    asked.on('error', (error) => resolve({ text: String(error), certificate }))
    asked.end()
  })
}
