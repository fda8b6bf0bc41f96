/** One bastion on the way to a host. What is left out comes from the operator's ssh configuration for its address. */
export interface Jump<Secret> {
  readonly address: string
  readonly user?: string | undefined
  readonly port?: number | undefined
  readonly identityFile?: string | undefined
  readonly password?: Secret | undefined
}

/** A login: what ssh takes, JumpServer's `ops@root@web1` and `ops#web1` and a directory's `CORP\ops` among them. */
const user = '(?!-)[^\\s\\p{C}"\'`;&|<>(){}]*[^\\s\\p{C}"\'`;&|<>(){}\\\\]'

/** The whole of a login. */
export const userPattern = new RegExp(`^${user}$`, 'u')

const hop = new RegExp(`^(?:ssh://)?(?:(${user})@)?(\\[[0-9A-Fa-f:.]+\\]|[^\\s:@[\\],/]+)(?::(\\d{1,5}))?$`, 'u')

/**
 * Reads `[user@]host[:port]`, or several with commas between, the first of which is reached first, as `ssh -J` and ProxyJump
 * have them. The user ends at the last `@`. Undefined where that is not its form.
 */
export function parseJumps(text: string): Jump<never>[] | undefined {
  const jumps: Jump<never>[] = []
  for (const each of text.split(',')) {
    const [, name, host, port] = hop.exec(each.trim()) ?? []
    if (host === undefined || (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65535))) return undefined
    jumps.push({
      address: host.replace(/^\[|\]$/g, ''),
      ...(name !== undefined && { user: name }),
      ...(port !== undefined && { port: Number(port) }),
    })
  }
  return jumps
}
