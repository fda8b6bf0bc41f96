import { expect, test } from 'vitest'
import { hintFor } from '../../../src/views/hints.ts'

/** What hosts have been seen to say, and a part of what the operator is to be told. */
const cases: [log: string, hint: string | undefined][] = [
  ['E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)', 'let it finish'],
  [
    'E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?',
    'let it finish',
  ],
  [
    "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem.",
    'dpkg --configure -a',
  ],
  ['Waiting for process with pid 4711 to finish.', 'dnf'],
  ['W: GPG error: https://pkgs.k8s.io InRelease: NO_PUBKEY 234654DA9A296436', 'signature'],
  ['E: The repository ... InRelease is not signed.', 'signature'],
  ['The following signatures were invalid: EXPKEYSIG 234654DA9A296436', 'expired'],
  ['error: Verifying a signature using certificate DE15B144... because: Expired on 2026-12-29T07:30:51Z', 'expired'],
  ['error: Bad OpenPGP signature: the key is not alive', 'expired'],
  [
    'E: Release file for http://deb.debian.org/debian/dists/trixie/InRelease is not valid yet (invalid for another 3h)',
    'clock',
  ],
  [
    'x509: certificate has expired or is not yet valid: current time 2024-01-01T00:00:00Z is before 2026-11-21',
    'clock',
  ],
  ['E: Failed to fetch http://m/x.deb  Hash Sum mismatch', 'mirror'],
  [
    'Error: UPGRADE FAILED: release web failed, and has been rolled back due to rollback-on-failure being set: resource Deployment/shop/web not ready. status: InProgress',
    'wait: false',
  ],
  [
    'Error: unable to continue with install: Secret "web" in namespace "shop" exists and cannot be imported into the current release: invalid ownership metadata; label validation error',
    'an object of that name exists and is not managed by this release',
  ],
  ['Error: failed to perform "FetchReference" on source: 10.0.0.2:5000/charts/web:9.9.9: not found', 'does not exist'],
  [
    'Error: chart "web" matching 9.9.9 not found in provision index. (try repo update): no chart name found',
    'the chart or this version of it does not exist',
  ],
  ["E: The repository 'http://m trixie Release' does not have a Release file.", 'mirrors:'],
  ['E: Failed to fetch http://m/docker.deb  404  Not Found [IP: 10.0.0.1 80]', 'mirrors:'],
  ["E: Version '29.9' for 'docker-ce' was not found", 'versions in the inventory'],
  ['Error: Unable to find a match: kubelet-1.36.9', 'versions in the inventory'],
  [
    'kubelet : Depends: kubernetes-cni but it is not installable. The following packages have unmet dependencies:',
    'installed manually',
  ],
  ['write error - write (28: No space left on device)', 'disk'],
  ["touch: cannot touch '/etc/x': Read-only file system", 'read-only'],
  ['fork: Cannot allocate memory', 'memory'],
  ['[pod/probe-x7k2p/probe] pod 10.244.1.7 does not answer', 'overlay: full'],
  ['modprobe: FATAL: Module br_netfilter not found in directory /lib/modules/6.1', 'extra modules'],
  ["Temporary failure resolving 'deb.debian.org'", 'DNS'],
  ['dial tcp: lookup registry.k8s.io on 10.0.0.2:53: no such host', 'DNS'],
  ['tls: failed to verify certificate: x509: certificate signed by unknown authority', 'registries.private'],
  ['http: server gave HTTP response to HTTPS client', 'plain HTTP'],
  ['Post "//[::]:44975/cri/exec/OYhUld4G": http: server gave HTTP response to HTTPS client', undefined],
  ['429 Too Many Requests - toomanyrequests: You have reached your pull rate limit', 'limits'],
  ['failed to pull image "registry.k8s.io/pause:3.99": rpc error: code = NotFound: not found', 'no such image'],
  ['pull access denied, repository does not exist or may require authorization', 'requires a login'],
  ['[ERROR Swap]: running with swap on is not supported. Please disable swap', 'swap'],
  ['\t[ERROR Port-6443]: Port 6443 is in use', 'port 6443 on the host is in use'],
  ['[ERROR NumCPU]: the number of available CPUs 1 is less than the required 2', '2 CPUs'],
  ['[ERROR Mem]: the system RAM (900 MB) is less than the minimum 1700 MB', '1700 MB'],
  ['[ERROR FileAvailable--etc-kubernetes-manifests-etcd.yaml]: already exists', '(manifests-etcd.yaml)'],
  ['[ERROR DirAvailable--var-lib-etcd]: /var/lib/etcd is not empty', 'lost+found'],
  ['[ERROR SystemVerification]: kubelet is configured to not run on a host using cgroup v1', 'cgroup v1'],
  ['[ERROR CRI]: could not connect to the container runtime', 'runtime does not answer'],
  ['dial unix /run/containerd/containerd.sock: connect: no such file or directory', 'runtime does not answer'],
  ['[ERROR Hostname]: hostname "a_b" is invalid', 'preflight check Hostname'],
  ['[kubelet-check] The kubelet is not healthy after 4m0.0s', 'journalctl -u kubelet'],
  ['error: Unable to connect: x509: certificate has expired', 'provision certs renew'],
  ['could not find a JWS signature in the cluster-info ConfigMap for token ID "abcdef"', 'expired'],
  [
    'cluster CA found in cluster-info ConfigMap is invalid: none of the public keys "sha256:ab" are pinned',
    'another cluster',
  ],
  ['etcdserver: unhealthy cluster', 'etcd does not accept'],
  ['dial tcp 10.0.0.11:6443: i/o timeout', 'firewalls'],
  [
    'The connection to the server 10.0.0.11:6443 was refused - did you specify the right host or port?',
    'kubernetes.endpoint',
  ],
  ['curl: (28) Connection timed out after 10001 milliseconds', 'in time'],
  ['connect ECONNREFUSED', undefined],
  ['curl: (7) Failed to connect to 10.0.0.9 port 80: Connection refused', 'no program listens'],
  ['exit status 1', undefined],
  ['', undefined],
]

test.each(cases)('%s', (log, expected) => {
  const hint = hintFor(log)
  if (expected === undefined) expect(hint).toBeUndefined()
  else expect(hint).toContain(expected)
})
