import type { Cause } from './cause.ts'

/** What says only that something did not come: after all that say why. */
export const general: readonly Cause[] = [
  {
    cause:
      /Connection timed out|i\/o timeout|Operation timed out|Timeout was reached|Operation too slow|Client\.Timeout exceeded|because of no progress in|TLS handshake timeout|Network is unreachable|No route to host/i,
    hint: 'a server did not answer in time: check routes, firewalls and proxies on the host, or set a nearer mirror under `mirrors:`',
  },
  {
    cause:
      /Connection reset by peer|Connection was reset|SSL_ERROR_SYSCALL|unexpected eof while reading|failed to do request: [^\n]{0,300}: EOF\b|Empty reply from server/i,
    hint: 'a firewall, a proxy or the server closed the connection: run again, or set another mirror under `mirrors:`',
  },
  {
    cause:
      /Failed to download metadata for repo|Cannot download repomd\.xml|Failed to synchronize cache for repo|Failed to fetch https?:/,
    hint: 'a repository cannot be read: open the address that the log names from the host (`curl -I`), and check `mirrors:`',
  },
  {
    cause: /kubelet is not (?:running|healthy)|:10248\/healthz[^\n]{0,600}connection refused/,
    hint: 'the kubelet does not stay up: `journalctl -u kubelet -n 50` on the host shows why (swap, cgroup driver, a bad field under `kubernetes.kubelet`)',
  },
  {
    cause:
      /control plane component [\w-]{1,60} is not healthy|kube-[\w-]{1,40} (?:is not healthy|check failed)|wait-control-plane/,
    hint: 'a component of the control plane did not start: `sudo crictl ps -a` on the host shows which one exited, `sudo crictl logs ID` shows why',
  },
  {
    cause: /[Cc]onnection refused/,
    hint: 'no program listens at the address that the host connected to: the log names the address',
  },
]
