/** A known cause of failures: what its log says, and what to do. `{name}` in the hint is the group of that name. */
export interface KnownCause {
  readonly cause: RegExp
  readonly hint: string
}

/**
 * The more particular first: the first that matches is told. Logs are text of hosts: what lies between two parts of a
 * pattern is bounded by the 600 characters that steps.sh keeps of a line, so that no text makes a pattern take long.
 */
export const knownCauses: readonly KnownCause[] = [
  // Packages
  {
    cause:
      /Could not get lock (?<path>\/\S+?)\.?(?:\s|$)(?:.{0,600}held by process (?<pid>\d+))?|Unable to acquire the dpkg frontend lock/,
    hint: 'another package manager is at work (often unattended-upgrades): let it finish, then run again',
  },
  {
    cause: /dpkg was interrupted, you must manually run/,
    hint: 'an earlier installation was cut off: run `sudo dpkg --configure -a` on the host, then run again',
  },
  {
    cause:
      /waiting for (?:process with pid )?(?<pid>\d+) to finish|Waiting for process with pid|Another app is currently holding the yum lock|another (?:dnf|yum) has had its lock/,
    hint: 'another dnf or yum is at work on the host: let it finish, then run again',
  },
  {
    cause:
      /NO_PUBKEY|EXPKEYSIG|KEYEXPIRED|The following signatures (?:couldn't be verified|were invalid)|is not signed\.|GPG check FAILED|Missing key [0-9A-F]+/,
    hint: 'the repository’s signature does not fit its key: the key was replaced or has expired, or a mirror serves another repository; check `mirrors:`, then run again, which fetches the key anew',
  },
  {
    cause:
      /Release file for .{1,600} is not valid yet|certificate (?:is not yet valid|has expired or is not yet valid)|not yet valid: current time/,
    hint: 'the host’s clock is wrong: check that it reaches one of `time.servers`, then run again',
  },
  {
    cause: /Hash Sum mismatch|File has unexpected size|Error: checksum error|checksum doesn't match/i,
    hint: 'the mirror was being updated or a proxy serves old files: run again in some minutes, or choose another `mirrors:`',
  },
  {
    cause: /does not have a Release file|Failed to fetch .{1,600} 404|404 +Not Found|Status code: 404/,
    hint: 'the repository has no such file: check `mirrors:` and that it carries this distribution’s release and this Kubernetes minor',
  },
  {
    cause:
      /Unable to locate package|Version \S{1,600} for \S{1,600} was not found|No match for argument|Unable to find a match|has no installation candidate/,
    hint: 'the repository does not have that package or version: check the versions in the inventory, and that the mirror is complete',
  },
  {
    cause: /Held packages were changed|held broken packages|have unmet dependencies|conflicting requests/,
    hint: 'packages on the host stand in each other’s way: the log names them; remove the one that was installed by hand (`apt-mark showhold`, or `dnf versionlock list`, lists what is held)',
  },
  // The machine
  {
    cause: /No space left on device/i,
    hint: 'a disk of the host is full: `df -h` and `df -i` tell which; make room, then run again',
  },
  {
    cause: /Read-only file system/i,
    hint: 'a file system of the host is mounted read-only, often after disk errors: look at `dmesg` there',
  },
  {
    cause: /Cannot allocate memory|Out of memory|oom-kill/i,
    hint: 'the host ran out of memory: a control plane needs 2 GiB, a worker 1 GiB and what it is to run',
  },
  {
    cause: /Module (?<module>[\w-]+) not found in directory|modprobe: FATAL: Module (?<name>[\w-]+) not found/,
    hint: 'the running kernel lacks a module: install its extra modules (`kernel-modules-extra` on the RHEL family, `linux-modules-extra-*` on Ubuntu), or reboot into the kernel whose modules are installed',
  },
  // The network
  {
    cause:
      /Temporary failure (?:in name resolution|resolving)|Could not resolve|Name or service not known|server misbehaving|no such host/,
    hint: 'the host cannot resolve names: check its DNS servers in /etc/resolv.conf (`getent hosts NAME` there)',
  },
  {
    cause:
      /x509: certificate signed by unknown authority|self[- ]signed certificate|unable to get local issuer certificate/,
    hint: 'a server’s certificate is not trusted there: for a private registry give `registries.private[].ca`; behind an intercepting proxy install its CA on the host',
  },
  {
    cause: /(?<!\/cri\/[^\n]{0,600})server gave HTTP response to HTTPS client/,
    hint: 'the registry speaks plain HTTP: name its mirror as `http://…`, or mark the registry `insecure: true`',
  },
  {
    cause: /toomanyrequests|429 Too Many Requests/,
    hint: 'the registry limits how much is pulled from it: name a mirror under `mirrors.registries`',
  },
  {
    cause:
      /(?:failed to pull image|ErrImagePull|ImagePullBackOff|failed to resolve reference)[^\n]{0,600}(?:not found|manifest unknown)/i,
    hint: 'the registry has no such image: check the version, and that the mirror under `mirrors.registries` is complete',
  },
  {
    cause: /pull access denied|401 Unauthorized|authorization failed/,
    hint: 'the registry refuses to hand out the image without a login: check its name, and the credentials if it is private',
  },
  // kubeadm and the node
  {
    cause: /\[ERROR Swap\]|running with swap on is not supported/,
    hint: 'swap is on: leave `swap: off` in the inventory so that it is turned off for good; something on the host may turn it on again (a systemd swap unit, zram)',
  },
  {
    cause: /\[ERROR Port-(?<port>\d+)\]/,
    hint: 'port {port} is taken on the host: `sudo ss -ltnp sport = :{port}` tells by what; another Kubernetes (k3s, microk8s) must be removed first',
  },
  {
    cause: /\[ERROR NumCPU\]/,
    hint: 'a control plane needs 2 CPUs; to try it regardless add NumCPU to `kubernetes.ignorePreflightErrors`',
  },
  {
    cause: /\[ERROR Mem\]/,
    hint: 'a control plane needs 1700 MB of memory; to try it regardless add Mem to `kubernetes.ignorePreflightErrors`',
  },
  {
    cause: /\[ERROR (?:FileAvailable|DirAvailable)--(?<what>[\w.-]+)\]/,
    hint: 'the host carries remains of another cluster ({what}): if nothing of it is to be kept, `sudo kubeadm reset` there, then run again',
  },
  {
    cause: /cgroup ?v1|cgroups v1 support|\[ERROR SystemVerification\][^\n]{0,600}cgroup/i,
    hint: 'the host boots with cgroup v1, which the kubelet refuses since 1.35: boot with `systemd.unified_cgroup_hierarchy=1`, or set `kubernetes.kubelet.failCgroupV1: false` and ignore SystemVerification',
  },
  {
    cause:
      /\[ERROR CRI\]|containerd\.sock[^\n]{0,600}(?:no such file|connection refused)|cri-dockerd\.sock[^\n]{0,600}(?:no such file|connection refused)|unknown service runtime\.v1/,
    hint: 'the container runtime does not answer: `systemctl status containerd docker` and `journalctl -u containerd` on the host; its configuration may disable the CRI plugin',
  },
  {
    cause: /\[ERROR (?<name>[\w-]+)\]/,
    hint: 'kubeadm’s preflight check {name} failed; mend the host, or add {name} to `kubernetes.ignorePreflightErrors` if you know better',
  },
  {
    cause: /kubelet is not (?:running|healthy)|:10248\/healthz[^\n]{0,600}connection refused/,
    hint: 'the kubelet does not stay up: `journalctl -u kubelet -n 50` on the host says why (swap, cgroup driver, a bad field under `kubernetes.kubelet`)',
  },
  {
    cause: /x509: certificate has expired/,
    hint: 'certificates of the cluster have expired: `provision certs` shows which, `provision certs renew` makes new ones',
  },
  {
    cause: /(?:token id|bootstrap token)[^\n]{0,600}(?:invalid|not found|expired)|could not find a JWS signature/i,
    hint: 'the join token ran out while the host was waiting: run again, a new one is made',
  },
  {
    cause: /cluster CA found in cluster-info[^\n]{0,600}(?:invalid|none of the public keys)/,
    hint: 'the host reached another cluster than this one: check `kubernetes.endpoint` and the control plane’s address',
  },
  {
    cause: /etcdserver: (?:too many learner|unhealthy cluster|re-configuration failed)/,
    hint: 'etcd does not take another member now: see that all control planes of the cluster are up, then run again',
  },
  {
    cause:
      /(?:dial tcp|connect to) \S{1,300}:6443[^\n]{0,600}(?:connection refused|i\/o timeout|no route to host)|The connection to the server \S{1,300}:6443 was refused/,
    hint: 'the API server cannot be reached from there: check firewalls between the hosts for port 6443, and what `kubernetes.endpoint` points at',
  },
  // Helm
  {
    cause: /release (?<name>\S+) failed, and has been (?:rolled back|uninstalled) due to rollback-on-failure/,
    hint: 'it did not become ready and was taken back: with `wait: false` it stays, and `kubectl describe` says why',
  },
  {
    cause: /exists and cannot be imported into the current release: invalid ownership metadata/,
    hint: 'an object of that name is there and belongs to somebody else: remove it, or give it the labels and annotations that the log names',
  },
  {
    cause:
      /failed to perform "FetchReference" on source: [^\n]{0,600}not found|chart "[^"\n]+" matching \S+ not found in \S+ index/,
    hint: 'there is no such chart, or not of this version: check `chart` and `version` of the release',
  },
  // SSH and sudo
  {
    cause: /is not in the sudoers file|may not run sudo|not allowed to (?:execute|run)/,
    hint: 'the SSH user may not become root: give it sudo rights, or set another `ssh.user`',
  },
  {
    cause: /sudo: a password is required|a terminal is required to (?:read the password|authenticate)|no tty present/,
    hint: 'sudo asks for a password there: set `ssh.sudoPassword: prompt` (or {env: NAME}, {file: PATH})',
  },
  {
    cause: /incorrect password attempt|Sorry, try again/,
    hint: 'the sudo password is wrong: check where `ssh.sudoPassword` takes it from',
  },
  {
    cause: /sudo: (?:command not found|not found)|sudo: No such file/,
    hint: 'sudo is not installed there: install it, or let `ssh.user` be root',
  },
  {
    cause: /All configured authentication methods failed|Permission denied \(publickey/,
    hint: 'the host accepts none of our keys: check `ssh.user` and `ssh.identityFile`, and that the key is in the agent (`ssh-add -l`) or on the host (`ssh-copy-id`)',
  },
  {
    cause: /Host key verification failed|host key (?:has changed|mismatch)|REMOTE HOST IDENTIFICATION HAS CHANGED/i,
    hint: 'the host shows another key than before: if it was reinstalled, remove the old key (`ssh-keygen -R ADDRESS` and the cluster’s known hosts under .provision/); otherwise find out who answers',
  },
  {
    cause: /Too many authentication failures/,
    hint: 'the agent offers too many keys before the right one: name it with `ssh.identityFile`',
  },
  // General, last
  {
    cause: /Connection timed out|i\/o timeout|Operation timed out|Timeout was reached/,
    hint: 'a server did not answer in time: check routes, firewalls and proxies on the host, or name a nearer `mirrors:`',
  },
  {
    cause: /[Cc]onnection refused/,
    hint: 'nothing listens where the host tried to connect: the log names the address',
  },
]
