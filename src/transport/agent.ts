import { connect } from 'node:net'
import { createReader, readString, string } from './wire.ts'

/** A key that an agent holds. */
export interface AgentKey {
  /** Its public half, or its certificate, as SSH sends it. */
  readonly blob: Buffer
  readonly comment: string
}

/** The operator's ssh-agent, and what it holds; asked for that once a run. */
export interface Agent {
  readonly keys: readonly AgentKey[]
  /** The socket of one that was asked and does not answer. */
  readonly silent?: string
  /**
   * Has it sign; it may wait for a touch or a PIN. Resolves with the signature as SSH sends it, its algorithm first.
   * @param flags 2 and 4: RSA with SHA-256, SHA-512
   * Throws an Error where it does not.
   */
  sign(blob: Buffer, data: Buffer, flags: number): Promise<Buffer>
}

/** Seconds that an agent may take to name its keys; one waits for a touch or a PIN when it signs, not when it names them. */
const AGENT_SECONDS = 2

/** The agent's protocol, https://datatracker.ietf.org/doc/html/draft-ietf-sshm-ssh-agent, 3 and 6.1. */
const REQUEST_IDENTITIES = 11
const IDENTITIES_ANSWER = 12
const SIGN_REQUEST = 13
const SIGN_RESPONSE = 14

/** Bytes; an agent with hundreds of certificates answers far less. */
const MOST = 4 * 1024 * 1024

/** Undefined where no agent runs: its socket outlives it more often than not. One that says nothing has no keys. */
export async function askAgent(socket: string | undefined): Promise<Agent | undefined> {
  if (socket === undefined || socket === '') return undefined
  const sign: Agent['sign'] = async (blob, data, flags) => {
    const number = Buffer.alloc(4)
    number.writeUInt32BE(flags)
    const answer = await ask(socket, SIGN_REQUEST, Buffer.concat([string(blob), string(data), number]), undefined)
    if (answer?.[0] !== SIGN_RESPONSE) throw new Error('the agent failed to sign with it')
    return readString(answer, 1)
  }
  try {
    const answer = await ask(socket, REQUEST_IDENTITIES, Buffer.alloc(0), AGENT_SECONDS)
    if (answer === undefined) return { keys: [], silent: socket, sign }
    return answer[0] === IDENTITIES_ANSWER ? { keys: identities(answer), sign } : undefined
  } catch {
    return undefined
  }
}

function identities(answer: Buffer): AgentKey[] {
  const reader = createReader(answer, 1)
  const keys: AgentKey[] = []
  for (let left = reader.number(); left > 0; left -= 1)
    keys.push({ blob: reader.string(), comment: reader.string().toString('utf8') })
  return keys
}

/** One request and its answer; undefined where that takes too long. Throws where there is nobody, or no answer. */
function ask(socket: string, type: number, body: Buffer, seconds: number | undefined): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    let answer = Buffer.alloc(0)
    const stream = connect(socket)
    const timer = seconds === undefined ? undefined : setTimeout(() => end(() => resolve(undefined)), seconds * 1000)
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      settle()
      stream.destroy()
    }
    stream.on('error', (error) => end(() => reject(error)))
    stream.on('close', () => end(() => reject(new Error('the agent closed the connection'))))
    stream.on('data', (bytes) => {
      answer = Buffer.concat([answer, bytes])
      if (answer.length > MOST) end(() => reject(new Error('the agent sent too much data')))
      else if (answer.length >= 4 && answer.length >= 4 + answer.readUInt32BE(0))
        end(() => resolve(answer.subarray(4, 4 + answer.readUInt32BE(0))))
    })
    stream.write(string(Buffer.concat([Buffer.from([type]), body])))
  })
}
