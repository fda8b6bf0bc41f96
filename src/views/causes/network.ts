import type { Cause } from './cause.ts'

/** Proxies, names and certificates between a host and the servers it fetches from. */
export const network: readonly Cause[] = [
  {
    cause:
      /(?:HTTP code|response|status code:?|tunnel failed, response) 407|407 +Proxy Authentication|Proxy Authentication Required/i,
    hint: 'the proxy requires a login or rejects the given one: check `proxy.username` and `proxy.password`',
  },
  {
    cause: /(?:HTTP code|tunnel failed, response) (?:403|50\d)\b|Invalid response from proxy: HTTP\/1\.\d (?:403|50\d)/,
    hint: 'the proxy blocks the host from that server: allow the server there, set a mirror under `mirrors:`, or bypass the proxy with `proxy.no`',
  },
  {
    cause: /proxyconnect tcp|Could not resolve proxy|Failed to connect to proxy/i,
    hint: 'the host does not reach the proxy: check `proxy.http` and `proxy.https`, and the route from the host to the proxy',
  },
  {
    cause:
      /Release file for .{1,600} is not valid yet|certificate is not yet valid|not yet valid: current time \S{1,40} is before|certificate is not valid yet|certificate will be valid from|not activated/i,
    hint: 'the host’s clock is wrong: check that it reaches one of `time.servers`, then run again',
  },
  {
    cause: /candidate authority certificate "kubernetes(?:-ca)?"|candidate authority certificate "etcd-ca"/,
    hint: 'files on the host belong to another cluster than the API server’s: `provision status` shows the hosts of this cluster',
  },
  {
    cause: /x509: certificate is valid for [^\n]{1,600}, not (?<name>[\w.:-]{1,200})/,
    hint: 'the API server’s certificate does not contain the name {name}: add it to `kubernetes.certificateSANs`, or use another name',
  },
  {
    cause:
      /Temporary failure (?:in name resolution|resolving)|Could not resolve|Couldn't resolve host|Name or service not known|server misbehaving|no such host|Unable to resolve host address|dial tcp: lookup \S{1,300}[^\n]{0,200}(?:refused|timeout)/,
    hint: 'the host cannot resolve names: check its DNS servers in /etc/resolv.conf (`getent hosts NAME` there)',
  },
  {
    cause:
      /x509: certificate signed by unknown authority|self[- ]signed certificate|unable to get local issuer certificate|certificate is NOT trusted|Peer's Certificate issuer is not recognized|The certificate issuer is unknown/,
    hint: 'the host does not trust a server’s certificate: for a private registry set `registries.private[].ca`; behind an intercepting proxy install its CA on the host',
  },
]
