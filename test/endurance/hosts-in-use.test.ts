import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectCode, freshLab, on, provision, removeLab, results, type TestLab, variant } from '../lab/harness.ts'

// A worker that had Docker with data before, and files of podman. Here since it takes a cluster of its own; what is merged and
// refused is in test/shell/others.test.ts, and who a host is in test/ssh/identity.test.ts, in every run.

const daemon = '{\n  "data-root": "/data/docker",\n  "bip": "172.30.0.1/16",\n  "labels": ["site=a"]\n}\n'
const podman =
  '{ "cniVersion": "0.4.0", "name": "podman", "plugins": [{ "type": "bridge", "bridge": "cni-podman0" }] }\n'

/**
 * What is somebody else's on the host: files, and what Docker holds and where. Not that its container runs on: with control
 * groups of version 1, as in a lab, a restart of containerd ends what runs in it.
 */
const theirs = `
cat /etc/cni/net.d/87-podman-bridge.conflist
docker info -f '{{.DockerRootDir}} {{.Labels}}'
docker volume inspect -f '{{.Mountpoint}}' kept && cat /data/docker/volumes/kept/_data/file
ip -4 -o address show docker0 | awk '{ print $4 }'
docker inspect -f '{{.Created}} {{.Image}}' site`

let lab: TestLab
let before: string

beforeAll(async () => {
  lab = await freshLab({ hosts: 2 })
  await on(
    lab,
    'w1',
    `export DEBIAN_FRONTEND=noninteractive
    mkdir -p /etc/docker /etc/cni/net.d
    printf %s '${daemon}' >/etc/docker/daemon.json
    printf %s '${podman}' >/etc/cni/net.d/87-podman-bridge.conflist
    { apt-get update && apt-get install -y --no-install-recommends docker.io docker-cli; } >/dev/null 2>&1
    docker volume create kept
    echo precious >/data/docker/volumes/kept/_data/file
    tar -C / -c usr/bin/true | docker import - site
    docker run -d --name site --network none -v /usr:/usr:ro -v /usr/lib:/lib:ro -v /usr/lib64:/lib64:ro site /usr/bin/sleep 100000`,
  )
  before = await on(lab, 'w1', theirs)
})

afterAll(removeLab)

describe('a worker with a Docker that holds data', () => {
  test('becomes a node, and keeps all that is not ours', async () => {
    expect(before).toContain('/data/docker [site=a]')
    expectCode(await provision(lab), 0)
    expect(await on(lab, 'w1', theirs)).toBe(before)
  })

  test('is left alone by the next run', async () => {
    const again = await provision(lab)
    expectCode(again, 0)
    expect(results(again, ['changed'])).toEqual([])
  })

  test('is refused to another cluster, and under another name', async () => {
    const taken = variant(lab, 'taken', (all) => {
      all.cluster = 'other'
      all.hosts = { x1: { ...all.hosts.w1, role: 'control-plane' } }
    })
    const ran = await provision(lab, [], { inventory: taken })
    expect(ran.code).toBe(2)
    expect(ran.output).toMatch(/x1 .*node w1 of/)
    const renamed = variant(lab, 'renamed', ({ hosts }) => {
      hosts.w9 = hosts.w1 ?? {}
      delete hosts.w1
    })
    const other = await provision(lab, [], { inventory: renamed })
    expect(other.code).toBe(2)
    expect(other.output).toMatch(/w9 is node w1 of this cluster, and a node cannot be renamed/)
    expect(await on(lab, 'w1', theirs)).toBe(before)
  })

  test('has what was there before after a reset', async () => {
    expectCode(await provision(lab, ['reset', 'w1', '--yes']), 0)
    expect(await on(lab, 'w1', 'cat /etc/docker/daemon.json')).toBe(daemon)
    expect(await on(lab, 'w1', theirs)).toBe(before)
  })
})
