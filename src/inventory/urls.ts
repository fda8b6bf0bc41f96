import { withHint } from '../yaml/explain.ts'
import { z } from '../zod.ts'
import { kindMistake, notOfHosts } from './address-kinds.ts'

const loginHint =
  'allow the hosts by their addresses: packages are fetched without a login. Set the login of a registry under registries.private, of a proxy under proxy'

/** What is wrong with a URL to fetch from, with a hint; undefined where nothing is. `{minor}` and dnf's `$` may stand in it. */
function urlProblem(text: string): readonly [message: string, hint: string] | undefined {
  if (!/^https?:\/\//.test(text)) return ['must be a URL', 'begin it with https:// or http://']
  if (!/^[!$%&()*+,./0-9:;=@A-Z[\]_a-z{}~-]{1,2000}$/.test(text))
    return ['is not a URL', 'write it in ASCII without blanks, quotes and |; use %20 for a blank']
  // Before it is parsed: what makes it no URL may be in the login, too.
  if (/^https?:\/\/[^/]*@/.test(text)) return ['must not contain a login', loginHint]
  const plain = text.replaceAll('{minor}', '1').replaceAll('$', '')
  if (!URL.canParse(plain)) return ['is not a URL', 'correct its host and port']
  return kindMistake(new URL(plain).hostname.replace(/^\[|\]$/g, ''), notOfHosts, 'write the address of the server')
}

/** An http(s) address to fetch from, where hosts can go without a login; or one of the words beside it. */
export function webUrl(...words: readonly string[]) {
  return z.string().superRefine((text, context) => {
    const [message, hint] = (words.includes(text) ? undefined : urlProblem(text)) ?? []
    if (message === undefined) return
    const or = message === 'must be a URL' && words.length > 0 ? `, or write ${words.join(' or ')}` : ''
    context.addIssue({ code: 'custom', message: withHint(message, `${hint}${or}`) })
  })
}

/** What addresses to fetch from begin with. `{minor}` may stand in it. */
export function baseUrl(...words: readonly string[]) {
  return webUrl(...words).transform((text) => text.replace(/\/{1,100}$/, ''))
}
