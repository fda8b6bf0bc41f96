import { basename, dirname } from 'node:path'
import { closest } from 'fastest-levenshtein'
import type { AnyAuthMethod, Client } from 'ssh2'
import { UserError } from '../errors.ts'
import type { Agent, AgentKey } from './agent.ts'
import { blobType, readCertificate, rsaBits, whyUseless } from './certificate.ts'
import { certificateFile, type IdentityFile, keyBlob, type Problem, readIdentityFile } from './identity-file.ts'
import { expandHome, listDirectory, usualIdentities } from './load.ts'
import { agentOffer, certificateOffer, keyOffer, type Offer, signingAlgorithm } from './offer.ts'
import { passwordPrompt } from './password-prompt.ts'
import type { Route } from './ssh-config.ts'
import { type Method, switches, usualMethods } from './ssh-methods.ts'

/** One way to log in. */
export interface Way {
  /** As messages call it. */
  readonly label: string
  readonly type: Method
  /** @param other is told what was asked that is no question for the password */
  readonly method: (client: () => Client, other: (question: string) => void) => AnyAuthMethod
}

/** Ways to prove who we are, in the order they are tried. */
export interface Credentials {
  readonly ways: readonly Way[]
  /** What there is and cannot be used. */
  readonly skipped: readonly (Problem & { readonly file: string })[]
}

/**
 * Named files, then the agent, then the usual files, then the password, unless ssh_config has another order of methods. A
 * file stands for its key wherever that is: of an agent the keys that files name come first, in their order, since a server
 * takes few guesses; with IdentitiesOnly they are all. A certificate comes before its key. Throws UserError for a file of
 * the inventory that cannot be used.
 */
export function credentials(route: Route, agent: Agent | undefined): Credentials {
  const { methods = usualMethods } = route
  const keys = methods.includes('publickey')
    ? keyWays(route, agent)
    : { ways: [], skipped: [leftOut('keys', 'publickey')] }
  const ways = [...keys.ways, ...(route.password === undefined ? [] : passwordWays(route.user, route.password))]
  const used = methods.flatMap((method) => ways.filter(({ type }) => type === method))
  const unused = ways.filter((way) => !used.includes(way)).map(({ label, type }) => leftOut(label, type))
  return { ways: used, skipped: [...keys.skipped, ...unused] }
}

function leftOut(what: string, method: Method): Credentials['skipped'][number] {
  const keyword = switches.get(method)?.[0]
  return {
    kind: 'left-out',
    file: what,
    why: `excluded by ${keyword} or PreferredAuthentications in the ssh configuration`,
    hint: 'allow it for this host in the ssh configuration',
  }
}

function passwordWays(username: string, password: string): Way[] {
  return [
    { label: 'the password', type: 'password', method: () => ({ type: 'password', username, password }) },
    {
      label: 'the password, at its prompt',
      type: 'keyboard-interactive',
      method: (_client, other) => ({ type: 'keyboard-interactive', username, prompt: passwordPrompt(password, other) }),
    },
  ]
}

function keyWays(route: Route, agent: Agent | undefined): Credentials {
  const ways: Way[] = []
  const skipped: (Problem & { file: string })[] = []
  const offered: Buffer[] = []
  const username = route.user
  const add = (label: string, blob: Buffer, make: (algorithm: string) => Offer): void => {
    if (offered.some((one) => one.equals(blob))) return
    offered.push(blob)
    const { algorithm, problem } = judge(blob, route.algorithms)
    if (algorithm === undefined) return void skipped.push({ ...problem, file: label })
    const offer = make(algorithm)
    ways.push({ label, type: 'publickey', method: (client) => offer(username, client) })
  }
  const addAgentKey = (held: Agent, { blob, comment }: AgentKey): void =>
    add(`${comment || blobType(blob)} of ssh-agent${noteOf(blob, username)}`, blob, (algorithm) =>
      agentOffer(held, blob, algorithm),
    )

  const files = (route.identityFiles ?? usualIdentities.map(expandHome)).map(readIdentityFile)
  const certificates = (route.certificateFiles ?? []).flatMap((file) => certificateFile(file) ?? [])
  const named = route.identityFiles !== undefined

  /** What a file stands for: its certificates, and its key, which may be in the agent. */
  const addFile = ({ file, key, blob, certificate, problem }: IdentityFile): void => {
    const before = [ways.length, skipped.length]
    const inAgent = agent?.keys.filter(isFor(blob)) ?? []
    const mine = certificates.filter(isFor(blob))
    for (const one of [...(certificate === undefined ? [] : [certificate]), ...mine]) {
      const label = `${one.file}${noteOf(one.blob, username)}`
      const plain = inAgent.find((held) => readCertificate(held.blob) === undefined)
      if (key !== undefined) add(label, one.blob, (algorithm) => certificateOffer(key, one.blob, algorithm))
      else if (agent !== undefined && plain !== undefined) {
        const signer = { ...agent, sign: (_: Buffer, ...rest: [Buffer, number]) => agent.sign(plain.blob, ...rest) }
        add(label, one.blob, (algorithm) => agentOffer(signer, one.blob, algorithm))
      }
    }
    if (key !== undefined) add(file, key.getPublicSSH(), (algorithm) => keyOffer(key, algorithm))
    else if (agent !== undefined && inAgent.length > 0) for (const held of inAgent) addAgentKey(agent, held)
    else if (problem !== undefined && route.identitiesNamed) throw unusable(file, problem)
    else if (problem !== undefined && problem.kind !== 'missing') skipped.push({ ...problem, file })
    const [left] = skipped.slice(before[1])
    if (route.identitiesNamed && ways.length === before[0] && left !== undefined) throw unusable(left.file, left)
  }

  if (named) for (const each of files) addFile(each)
  if (agent !== undefined) {
    if (!named) for (const each of files.filter(({ blob }) => agent.keys.some(isFor(blob)))) addFile(each)
    if (!route.identitiesOnly) for (const held of agent.keys) addAgentKey(agent, held)
  }
  if (!named) for (const each of files) addFile(each)
  return { ways, skipped }
}

type Judgement =
  | { readonly algorithm: string; readonly problem?: undefined }
  | { readonly algorithm?: undefined; readonly problem: Problem }

/** By which algorithm a key is to sign, or what ssh_config has against it. */
function judge(blob: Buffer, { publicKey, rsaBits: least = 0 }: Route['algorithms']): Judgement {
  const against = (why: string): Judgement => ({
    problem: { kind: 'left-out', why, hint: 'name another key, or allow it for this host in the ssh configuration' },
  })
  const bits = rsaBits(keyOf(blob)) ?? least
  if (bits < least)
    return against(`is an RSA key of ${bits} bits, and the ssh configuration requires ${least} (RequiredRSASize)`)
  const algorithm = signingAlgorithm(blobType(blob), publicKey)
  if (algorithm === undefined)
    return against('has a type that PubkeyAcceptedAlgorithms in the ssh configuration excludes')
  return { algorithm }
}

/** Whether a key is the one with that blob, or a certificate is for it. */
function isFor(blob: Buffer | undefined): (one: { readonly blob: Buffer }) => boolean {
  return (one) => blob !== undefined && keyOf(one.blob).equals(blob)
}

/** The key that a blob is, or is a certificate for. */
function keyOf(blob: Buffer): Buffer {
  const certificate = readCertificate(blob)
  return certificate === undefined ? blob : keyBlob(certificate)
}

/** What a certificate says that would keep it from letting the user in. The server decides. */
function noteOf(blob: Buffer, user: string): string {
  const certificate = readCertificate(blob)
  const why = certificate && whyUseless(certificate, user, Date.now() / 1000)
  return why === undefined ? '' : ` (${why})`
}

function unusable(file: string, problem: Problem): UserError {
  if (problem.kind !== 'missing') return new UserError(`the identity file ${file} ${problem.why}`, problem.hint)
  const names = listDirectory(dirname(file)).filter(
    (name) => !name.endsWith('.pub') && !/^(known_hosts|authorized_keys|config)/.test(name),
  )
  const near = names.length > 0 ? closest(basename(file), names) : undefined
  return new UserError(
    `the identity file ${file} does not exist`,
    near ? `did you mean ${dirname(file)}/${near}?` : `${problem.hint}, or correct ssh.identityFile`,
  )
}
