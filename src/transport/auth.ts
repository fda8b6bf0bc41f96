import { basename, dirname } from 'node:path'
import { closest } from 'fastest-levenshtein'
import ssh2, { type AnyAuthMethod, type BaseAgent, type ParsedKey } from 'ssh2'
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
}

const defaultIdentities = ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa']

/**
 * Files the inventory names, then the agent, then the usual files, then the password.
 * Throws UserError for a named file that is missing, is no private key, or is encrypted and not in the agent.
 */
export function credentials(route: Route, agent: AgentKeys | undefined): Credentials {
  const methods: AnyAuthMethod[] = []
  const tried: string[] = []
  const username = route.user
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

  for (const file of route.identityFiles) {
    const key = readIdentity(file)
    if (key === 'encrypted') {
      if (agentAdded) throw encrypted(file)
      addAgent()
    } else add(file, { type: 'publickey', username, key })
  }
  addAgent()
  if (route.identityFiles.length === 0) {
    for (const file of defaultIdentities.map(expandHome)) {
      const bytes = readOptional(file)
      const key = bytes === undefined ? undefined : parsePrivate(bytes)
      if (key instanceof Error || key === 'encrypted' || key === undefined) continue
      add(file, { type: 'publickey', username, key })
    }
  }
  if (route.password !== undefined) {
    const { password } = route
    add('the password', { type: 'password', username, password })
    // Servers that let PAM ask do so by keyboard-interactive; every question is taken to be for the password.
    methods.push({
      type: 'keyboard-interactive',
      username,
      prompt: (_n, _i, _l, prompts, finish) => finish(prompts.map(() => password)),
    })
  }
  return { methods, tried }
}

/** Undefined where no agent runs or it does not answer: its socket outlives it more often than not. */
export function askAgent(socket: string | undefined): Promise<AgentKeys | undefined> {
  if (socket === undefined || socket === '') return Promise.resolve(undefined)
  const agent = ssh2.createAgent(socket)
  return new Promise((resolve) => {
    agent.getIdentities((error, keys) => {
      resolve(error || keys === undefined ? undefined : { agent, keys: keys as ParsedKey[] })
    })
  })
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
