import ipaddr from 'ipaddr.js'
import { isIP } from '../addresses.ts'

/** What is wrong with a text, and what to write in its place. */
export type Mistake = readonly [message: string, hint: string]

const label = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const hostName = new RegExp(`^${label}(\\.${label})*\\.?$`)

/** Whether the text can be the name of a host. What has no letter is an address that is none, or a range of them. */
export function isHostName(text: string): boolean {
  return text.length <= 254 && hostName.test(text) && /[A-Za-z]/.test(text) && !/^0x[0-9a-f]+$/i.test(text)
}

/** A name as certificates, kubeadm and the API server take it. Source: RFC 1123; k8s.io/apimachinery, util/validation. */
function isStrictName(text: string): boolean {
  return isHostName(text) && !/[A-Z]|\.$/.test(text)
}

/** What a text is that is neither an IP address nor a name; undefined where it is one of them. */
export function addressMistake(text: string): Mistake | undefined {
  if (isIP(text) || isHostName(text)) return undefined
  for (const form of forms) {
    const mistake = form(text)
    if (mistake !== undefined) return mistake
  }
  return neither
}

/** The same where names must be in small letters. */
export function strictNameMistake(text: string): Mistake | undefined {
  if (isIP(text) || isStrictName(text)) return undefined
  if (isHostName(text)) {
    const written = text.toLowerCase().replace(/\.$/, '')
    return ['must be in lower case, without a final dot, as kubeadm requires', `write ${written}`]
  }
  return addressMistake(text)
}

const wrong = 'must be an IP address or a host name'
const neither: Mistake = [wrong, 'write only the address; set user and port under ssh: { user, port }']

const forms: readonly ((text: string) => Mistake | undefined)[] = [
  (text) => {
    const range = rangeOf(text)
    if (range === undefined) return undefined
    return ['is a range; a host has one address', `write one host per address: ${range}`]
  },
  (text) => {
    const odd = /[^\x20-\x7e]/u.exec(text)?.[0]
    return odd === undefined
      ? undefined
      : [`contains ${odd}, which is not allowed in addresses`, 'type it again in ASCII']
  },
  (text) => (/[,;]/.test(text) ? ['is not one address', 'write one host per address'] : undefined),
  (text) => {
    const bare = /^\[(.*)\]$/.exec(text)?.[1]
    return bare !== undefined && isIP(bare) ? [wrong, `write it without brackets: ${bare}`] : undefined
  },
  (text) => {
    const base = /^([^/]+)\/\d+$/.exec(text)?.[1]
    return base !== undefined && isIP(base) ? [wrong, `write only the address, without a prefix: ${base}`] : undefined
  },
  (text) => {
    const base = /^(.+)%.+$/.exec(text)?.[1]
    return base !== undefined && ipaddr.IPv6.isValid(base)
      ? ['contains a network interface', 'write an address that other hosts reach, such as fd00::11']
      : undefined
  },
  (text) => (/^[\d.]+$/.test(text) ? [wrong, 'write four numbers from 0 to 255, such as 10.0.0.11'] : undefined),
  (text) =>
    /_/.test(text) && isHostName(text.replaceAll('_', '-'))
      ? [wrong, 'write its IP address: host names cannot contain _']
      : undefined,
]

/** The addresses of a range such as 10.0.0.21-23, the first few of them; undefined where the text is none. */
function rangeOf(text: string): string | undefined {
  const found =
    /^(\d+\.\d+\.\d+\.)(\d+)\s*[-–~]\s*(?:\1)?(\d+)$/.exec(text) ??
    /^(\d+\.\d+\.\d+\.)[[{](\d+)(?::|-|\.\.)(\d+)[\]}]$/.exec(text)
  if (found === null) return undefined
  const [, network, ...ends] = found
  const [from = 0, to = 0] = ends.map(Number).sort((a, b) => a - b)
  const last = Math.min(to, from + 3)
  const few = Array.from({ length: last - from + 1 }, (_, index) => `${network}${from + index}`).join(', ')
  return last < to ? `${few}, …` : few
}
