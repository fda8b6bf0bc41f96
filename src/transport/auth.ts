import { basename, dirname } from 'node:path'
import type { Duplex } from 'node:stream'
import { closest } from 'fastest-levenshtein'
import ssh2, { type AnyAuthMethod, type BaseAgent, type KeyboardInteractiveAuthMethod, type ParsedKey } from 'ssh2'
import { UserError } from '../errors.ts'
import { expandHome, listDirectory, readOptional } from './load.ts'
import type { Route } from './ssh-config.ts'

/** Ways to prove who we are, in the order they are tried. */
export interface Credentials {
  readonly methods: readonly AnyAuthMethod[]
  /** What was tried, for the message when all failed. */
  readonly tried: readonly string[]
}

/** The operator's ssh-agent, asked once a run. */
export interface AgentKeys {
  readonly agent: BaseAgent
  readonly keys: readonly ParsedKey[]
  /** The socket of one that was asked and does not answer. */
  readonly silent?: string
}

/** Seconds that an agent may take to name its keys; one waits for a touch or a PIN when it signs, not when it names them. */
const AGENT_SECONDS = 2

const defaultIdentities = ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa']

/**
 * Named files, then the agent, then the usual files, then the password; with IdentitiesOnly of the agent only what the files
 * name. Throws UserError for a file of the inventory that is missing, is no private key, or is encrypted and not in the agent.
 */
export function credentials(route: Route, asked: AgentKeys | undefined): Credentials {
  const methods: AnyAuthMethod[] = []
  const tried: string[] = []
  const username = route.user
  const agent = route.identitiesOnly ? only(route.identityFiles ?? defaultIdentities.map(expandHome), asked) : asked
  const add = (label: string, method: AnyAuthMethod): void => {
    methods.push(method)
    tried.push(label)
  }
  let agentAdded = agent === undefined || agent.keys.length === 0
  const addAgent = (): void => {
    if (agentAdded || agent === undefined) return
    agentAdded = true
    add(`ssh-agent (${agent.keys.length} ${agent.keys.length === 1 ? 'key' : 'keys'})`, {
      type: 'agent',
      username,
      agent: agent.agent,
    })
  }

  for (const file of route.identityFiles ?? []) {
    const key = route.identitiesNamed ? readIdentity(file) : usableIdentity(file)
    if (key === 'encrypted') {
      if (agentAdded && route.identitiesNamed) throw encrypted(file)
      addAgent()
    } else if (key !== undefined) add(file, { type: 'publickey', username, key })
  }
  addAgent()
  if (route.identityFiles === undefined) {
    for (const file of defaultIdentities.map(expandHome)) {
      const key = usableIdentity(file)
      if (key !== undefined && key !== 'encrypted') add(file, { type: 'publickey', username, key })
    }
  }
  if (route.password !== undefined) {
    add('the password', { type: 'password', username, password: route.password })
    methods.push({ type: 'keyboard-interactive', username, prompt: passwordPrompt(route.password) })
  }
  return { methods, tried }
}

/**
 * Servers that let PAM ask do so by keyboard-interactive. One question for a password, not shown as it is typed, is answered,
 * and once; any other, a second factor's code among them, is not: the password is no answer to it.
 */
export function passwordPrompt(answer: string): KeyboardInteractive {
  let given = false
  return (_name, _instructions, _language, prompts, finish) => {
    const [only] = prompts
    const asks =
      prompts.length === 1 && only?.echo === false && password.test(only.prompt) && !another.test(only.prompt)
    // No question is a way to say something, and is answered by nothing.
    finish(asks && !given ? [answer] : [])
    given ||= asks
  }
}

type KeyboardInteractive = KeyboardInteractiveAuthMethod['prompt']

/** PAM translates: in the languages of those who run such hosts. */
const password = /password|passwort|mot de passe|contraseña|senha|пароль|密码|密碼|口令|パスワード/i
const another = /\b(new|retype|again|one[- ]?time|otp|token)\b/i

/** Undefined where no agent runs: its socket outlives it more often than not. One that says nothing has no keys. */
export function askAgent(socket: string | undefined): Promise<AgentKeys | undefined> {
  if (socket === undefined || socket === '') return Promise.resolve(undefined)
  const agent = ssh2.createAgent(socket)
  const streams: Duplex[] = []
  const { getStream } = agent
  agent.getStream = (done) =>
    getStream?.call(agent, (error, stream) => {
      if (stream) streams.push(stream)
      done(error, stream)
    })
  return new Promise((resolve) => {
    const silent = setTimeout(() => {
      resolve({ agent, keys: [], silent: socket })
      for (const stream of streams) stream.destroy()
    }, AGENT_SECONDS * 1000)
    agent.getIdentities((error, keys) => {
      clearTimeout(silent)
      resolve(error || keys === undefined ? undefined : { agent, keys: keys as ParsedKey[] })
    })
  })
}

/** An agent that offers only the keys of which the public half is in, or beside, one of the files. */
function only(files: readonly string[], asked: AgentKeys | undefined): AgentKeys | undefined {
  if (asked === undefined) return undefined
  const wanted = files.flatMap(publicHalves)
  const keys = asked.keys.filter((key) => wanted.some((one) => one.equals(key.getPublicSSH())))
  const getIdentities: BaseAgent['getIdentities'] = (done) => done(undefined, keys)
  return { ...asked, keys, agent: Object.create(asked.agent, { getIdentities: { value: getIdentities } }) as BaseAgent }
}

function publicHalves(file: string): Buffer[] {
  return [file, `${file}.pub`].flatMap((each) => {
    const key = parsed(each)
    return key === undefined || key === 'encrypted' ? [] : [key.getPublicSSH()]
  })
}

/** As ssh itself takes one: undefined where there is none that could be used, or only its public half. */
function usableIdentity(file: string): ParsedKey | 'encrypted' | undefined {
  const key = parsed(file)
  return key === 'encrypted' || key?.isPrivateKey() ? key : undefined
}

/** Of either half; undefined where there is none that can be read. */
function parsed(file: string): ParsedKey | 'encrypted' | undefined {
  try {
    const key = ssh2.utils.parseKey(readOptional(file) ?? '')
    if (!(key instanceof Error)) return key
    return /encrypted/i.test(key.message) ? 'encrypted' : undefined
  } catch {
    return undefined
  }
}

function readIdentity(file: string): ParsedKey | 'encrypted' {
  const bytes = readOptional(file)
  if (bytes === undefined) {
    const names = listDirectory(dirname(file)).filter(
      (name) => !name.endsWith('.pub') && !/^(known_hosts|authorized_keys|config)/.test(name),
    )
    const near = names.length > 0 ? closest(basename(file), names) : undefined
    throw new UserError(
      `the identity file ${file} does not exist`,
      near ? `did you mean ${dirname(file)}/${near}?` : 'make one with ssh-keygen, or correct ssh.identityFile',
    )
  }
  const key = parsePrivate(bytes)
  if (key instanceof Error) {
    const isPublic = /^(ssh|ecdsa|sk)-/.test(bytes.toString('latin1'))
    throw new UserError(
      `the identity file ${file} holds no private key${isPublic ? ' but a public one' : `: ${key.message}`}`,
      isPublic
        ? `name the private one, most often ${file.replace(/\.pub$/, '')}`
        : 'name a private key that ssh-keygen made',
    )
  }
  return key
}

function parsePrivate(bytes: Buffer): ParsedKey | 'encrypted' | Error {
  const key = ssh2.utils.parseKey(bytes)
  if (key instanceof Error) return /encrypted/i.test(key.message) ? 'encrypted' : key
  return key.isPrivateKey() ? key : new Error('not a private key')
}

function encrypted(file: string): UserError {
  return new UserError(
    `the identity file ${file} is encrypted, and no ssh-agent holds its key`,
    `eval "$(ssh-agent)" && ssh-add ${file}`,
  )
}
