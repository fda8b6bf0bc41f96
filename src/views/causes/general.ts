import type { Cause } from './cause.ts'

/** What says only that something did not come: after all that say why. */
export const general: readonly Cause[] = [
  {
    cause:
      /Connection timed out|i\/o timeout|Operation timed out|Timeout was reached|Operation too slow|Client\.Timeout exceeded|because of no progress in|TLS handshake timeout|Network is unreachable|No route to host/i,
    hint: 'a server did not answer in time: check routes, firewalls and proxies on the host, or name a nearer `mirrors:`',
  },
  {
    cause:
      /Connection reset by peer|Connection was reset|SSL_ERROR_SYSCALL|unexpected eof while reading|failed to do request: [^\n]{0,300}: EOF\b|Empty reply from server/i,
    hint: 'the connection to a server was cut off: a firewall or proxy between may do so; run again, or name another `mirrors:`',
  },
  {
    cause:
      /Failed to download metadata for repo|Cannot download repomd\.xml|Failed to synchronize cache for repo|Failed to fetch https?:/,
    hint: 'a repository cannot be read: open the address that the log names from the host (`curl -I`), and check `mirrors:`',
  },
  {
    cause: /kubelet is not (?:running|healthy)|:10248\/healthz[^\n]{0,600}connection refused/,
    hint: 'the kubelet does not stay up: `journalctl -u kubelet -n 50` on the host says why (swap, cgroup driver, a bad field under `kubernetes.kubelet`)',
  },
  {
    cause:
      /control plane component [\w-]{1,60} is not healthy|kube-[\w-]{1,40} (?:is not healthy|check failed)|wait-control-plane/,
    hint: 'a part of the control plane did not come up: `sudo crictl ps -a` on the host shows which ended, `sudo crictl logs ID` why',
  },
  {
    cause: /[Cc]onnection refused/,
    hint: 'nothing listens where the host tried to connect: the log names the address',
  },
]
