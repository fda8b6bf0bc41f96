import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogue } from '../../src/catalogue/load.ts'
import {
  expectCode,
  freshLab,
  kubectl,
  on,
  provision,
  type Ran,
  removeLab,
  results,
  type TestLab,
  variant,
} from '../lab/harness.ts'
import {
  at,
  onUpstream,
  packagesAtPort80,
  pushPrivately,
  type SiteRegistry,
  serveDebian,
  servePackages,
  serveSlowly,
  startRegistry,
} from '../lab/site-services.ts'

// A site whose first mirror of everything is dead and whose second is slow, with a registry of its own that wants a password.
// About 4 minutes on two idle cores.
let lab: TestLab
let inventory: string
let registry: SiteRegistry
/** What the host had as its package sources when it was installed, and where the archive really is. */
const installed = 'deb http://deb.debian.org/debian trixie main\n'
let archive: string
const dead = { packages: 8091, later: 8092 }
const slow = 8093
const debian = 8094

beforeAll(async () => {
  lab = await freshLab({ hosts: 1, controlPlanes: 1 })
  archive = (await on(lab, 'cp1', 'cat /etc/apt/sources.list')).split(' ')[1] as string
  await on(lab, 'cp1', `printf '${installed.replace('\n', '\\n')}' >/etc/apt/sources.list; rm -rf /var/lib/apt/lists/*`)
  await serveSlowly(lab, slow)
  await serveDebian(lab, debian, archive)
  registry = await startRegistry(lab, 5443, join(dirname(lab.inventory), 'site'))
  inventory = variant(lab, 'site', (file) => {
    Object.assign(file.hosts.cp1 as object, { taints: [] })
    const kubernetes = ['/kubernetes'].flatMap((path) => [
      at(lab, dead.packages, path),
      at(lab, slow, path),
      at(lab, 80, path),
      at(lab, dead.later, path),
    ])
    // An address that nobody has: nothing there even refuses.
    const nobody = `http://${lab.lab.upstream.address.replace(/\.\d+$/, '.250')}:5000`
    file.mirrors = {
      packages: {
        kubernetes,
        os: { debian: [at(lab, dead.packages, '/debian'), at(lab, debian, '/debian'), archive] },
      },
      registries: {
        'registry.k8s.io': [nobody, at(lab, slow), at(lab, 5000)],
        'docker.io': [at(lab, dead.packages), at(lab, 5000)],
      },
    }
    const { host, ca, username, passwordFile } = registry
    file.registries = { private: [{ host, ca, username, password: { file: passwordFile } }] }
  })
})

afterAll(removeLab)

/** What the operator was told. */
function told(ran: Ran): string[] {
  return ran.events.flatMap((event) => (event.kind === 'notice' ? [event.message] : []))
}

describe('the first mirror dead, the second slow', () => {
  let ran: Ran

  beforeAll(async () => {
    ran = await provision(lab, [], { inventory })
  })

  test('the run succeeds and says which it used', () => {
    expectCode(ran, 0)
    const notes = told(ran).join('\n')
    expect(notes).toContain(`packages of kubernetes: taking ${at(lab, 80, '/kubernetes')}`)
    expect(notes).toMatch(/packages of kubernetes.*:8091\/.* gave no key.*:8093\/.* gave no key within 10 s/)
    expect(notes).toContain(`packages of debian: taking ${at(lab, debian, '/debian')}`)
    expect(notes).toMatch(
      /images of registry\.k8s\.io: taking http:\S+:5000, since \S+\.250:5000 does not answer, \S+:8093 is too slow/,
    )
    expect(notes).toMatch(/images of docker\.io: taking http:\S+:5000, since \S+:8091 does not answer/)
  })

  test('the host asks that one first, and has not forgotten the others', async () => {
    expect(await on(lab, 'cp1', 'cat /etc/apt/sources.list')).toBe(
      installed.replace('http://deb.debian.org/debian', at(lab, debian, '/debian')),
    )
    expect(await on(lab, 'cp1', 'grep ^URIs: /etc/apt/sources.list.d/kubernetes.sources')).toContain(at(lab, 80))
    const hosts = await on(lab, 'cp1', 'grep ^.host /etc/containerd/certs.d/registry.k8s.io/hosts.toml')
    expect(
      hosts
        .trim()
        .split('\n')
        .map((line) => /:(\d+)"/.exec(line)?.[1]),
    ).toEqual(['5000', '5000', String(slow)])
    expect(hosts).toMatch(new RegExp(`^.host."${at(lab, 5000)}"`))
  })

  test('a second run changes nothing, and neither does one after the first mirror has come back', async () => {
    const second = await provision(lab, [], { inventory })
    expect(results(second, ['changed'])).toEqual([])
    expect(expectCode(second, 0).hosts.map((host) => host.execs)).toEqual([1])
    await servePackages(lab, dead.packages)
    expectCode(await provision(lab, ['plan'], { inventory }), 0)
    await onUpstream(lab, `rm /etc/nginx/conf.d/packages-${dead.packages}.conf; nginx -s reload`)
  })

  test('a mirror that dies later is left when something has to come from it', async () => {
    await servePackages(lab, dead.later)
    await packagesAtPort80(lab, false)
    await serveDebian(lab, debian, archive, false)
    await on(
      lab,
      'cp1',
      'apt-get -qq remove -y --allow-change-held-packages kubectl ethtool >/dev/null 2>&1; apt-get clean',
    )
    const again = await provision(lab, [], { inventory })
    expectCode(again, 0)
    expect(told(again).join('\n')).toContain(`packages of kubernetes: taking ${at(lab, dead.later, '/kubernetes')}`)
    expect(told(again).join('\n')).toContain(`packages of debian: taking ${archive}`)
    expect(results(await provision(lab, [], { inventory }), ['changed'])).toEqual([])
    await packagesAtPort80(lab, true)
  })
})

describe('a registry with TLS and a password', () => {
  let image: string

  beforeAll(async () => {
    image = await pushPrivately(lab, registry, catalogue.busybox.image.replace(/^docker\.io\//, ''), 'team/tool:1')
  })

  test('gives a pod its image', async () => {
    await kubectl(lab, `run private --image=${image} --restart=Never --image-pull-policy=Always -- sleep 3600`)
    await kubectl(lab, 'wait --for=condition=Ready pod/private --timeout=120s')
    expect(await kubectl(lab, 'get pod private -o jsonpath={.spec.imagePullSecrets}')).toBe('')
  })

  test('gives it to Docker', async () => {
    await on(lab, 'cp1', `docker pull -q ${image}`)
    expect(await on(lab, 'cp1', `docker image inspect -f '{{.RepoTags}}' ${image}`)).toContain(image)
  })

  test('its password is root’s alone, and nowhere in what was shown or recorded', async () => {
    const files = '/root/.docker/config.json /var/lib/kubelet/config.json'
    expect(await on(lab, 'cp1', `stat -c '%a %U' ${files}`)).toBe('600 root\n600 root\n')
    const auth = Buffer.from(`${registry.username}:${registry.password}`).toString('base64')
    expect(await on(lab, 'cp1', `cat ${files}`)).toContain(auth)
    // A record holds all that was shown.
    const ran = await provision(lab, ['--verbose'], { inventory })
    for (const secret of [registry.password, auth]) expect(ran.output).not.toContain(secret)
    const records = await on(
      lab,
      'cp1',
      'grep -rl "$(printf %s puller)" /run/provision /var/lib/provision/runs 2>/dev/null || :',
    )
    expect(records).toBe('')
  })

  test('a file of somebody else’s is left alone, and told of', async () => {
    await on(lab, 'cp1', 'echo "{\\"auths\\":{}}" >/root/.docker/config.json')
    const ran = await provision(lab, [], { inventory })
    expect(results(ran, ['changed'])).toEqual([])
    expect(told(ran).join('\n')).toContain(
      `/root/.docker/config.json was not written by provision and has no login at ${registry.host}`,
    )
    await on(lab, 'cp1', 'rm /root/.docker/config.json')
    expect(results(await provision(lab, [], { inventory }), ['changed'])).toEqual(['cp1: Registry logins for Docker'])
  })
})

describe('a reset', () => {
  test('takes all of it back', async () => {
    expectCode(await provision(lab, ['reset', 'cp1', '--yes'], { inventory }), 0)
    expect(await on(lab, 'cp1', 'cat /etc/apt/sources.list')).toBe(installed)
    const left =
      '/etc/apt/sources.list.d/* /etc/containerd/certs.d /root/.docker /var/lib/kubelet/config.json /etc/docker/certs.d'
    expect(await on(lab, 'cp1', `ls -d ${left} 2>/dev/null || :`)).toBe('')
  })
})
