import type { ProgramEvent } from '../events/event.ts'
import type { HostFacts } from '../host-facts.ts'
import type { Jump } from '../inventory/hosts/jump.ts'
import type { NodeIdentity } from './node-identity.ts'
import type { Part } from './undertaking.ts'

/** How to reach and become root on one host: the inventory's `ssh` section, resolved for the host, secrets in memory. */
export interface Target {
  readonly name: string
  /** `local`: the machine we run on, and nothing of what follows but the sudo password counts. */
  readonly connection?: 'ssh' | 'local' | undefined
  readonly address: string
  /** Undefined: what ~/.ssh/config says, else 22. */
  readonly port?: number | undefined
  /** Empty: what ~/.ssh/config says, else the operator's own name. */
  readonly user: string
  readonly identityFile?: string | undefined
  /** Asked at most once a run, by whoever builds the target. */
  readonly password?: string | undefined
  readonly sudoPassword?: string | undefined
  /** Bastions, in the order in which they are reached; undefined: what ~/.ssh/config says. */
  readonly jump?: readonly Jump<string>[] | undefined
  /** `pin`: an unknown host key is recorded at first contact; `strict`: it is refused. A changed one always is. */
  readonly hostKeys: 'pin' | 'strict'
}

/** What the session found on the host. */
export interface HostIdentity extends HostFacts {
  /** Changes with every boot. */
  readonly bootId: string
  /** /etc/machine-id; empty where there is none yet. */
  readonly machineId: string
  /** The PID namespace, which tells containers of one kernel from each other; empty where it is not told. */
  readonly pidNamespace: string
  readonly hostname: string
  /** Undefined for a host that is no node. */
  readonly node?: NodeIdentity | undefined
  /** The host's clock minus ours, in seconds, at least: 0 where it may be right. Measured at the session's start. */
  readonly clockOffset: number
}

export interface Traffic {
  readonly connections: number
  readonly execs: number
  readonly bytesSent: number
  readonly bytesReceived: number
}

/** Who holds a lock, as shown to whoever finds it taken. */
export interface Operator {
  /** user@machine */
  readonly who: string
  readonly run: string
  /** ISO 8601 */
  readonly since: string
}

export interface SendableProgram {
  /** Unique on the host, `[a-z0-9-]+`: names its run directory. */
  readonly id: string
  readonly text: string
  /** The prefix of its frames. */
  readonly nonce: string
  /** Seconds that the changes of its tasks may take, by the tasks' numbers. */
  readonly deadlines?: ReadonlyMap<string, number> | undefined
}

/** A file of a host on its way here. */
export interface RemoteFile {
  /** Bytes, exactly. */
  readonly size: number
  /** To be read once, to its end or not. Throws where the file changes meanwhile, or the connection is lost for good. */
  readonly bytes: AsyncIterable<Buffer>
}

/** A file on its way to a host. */
export interface Upload {
  /** Absolute, on the host; what is missing of its directory is made, for root only. */
  readonly path: string
  /** Bytes, exactly. */
  readonly size: number
  /** Hexadecimal. */
  readonly sha256: string
  /** The content from this byte on. Called again after a lost connection. */
  readonly open: (offset: number) => AsyncIterable<Uint8Array>
  /** How many bytes the host has. */
  readonly onProgress?: ((bytes: number) => void) | undefined
}

/**
 * One host, reached and root: lives on one SSH connection and one exec for its whole journey.
 * A lost connection is made again by itself and the journal followed from where it broke off.
 */
export interface Session {
  readonly identity: HostIdentity
  readonly traffic: Traffic
  /**
   * Runs a program detached and follows it to its end; the last event is always `end`.
   * Throws UnreachableError when the connection is lost for good; the program then goes on by itself.
   */
  run(program: SendableProgram): AsyncIterable<ProgramEvent>
  /**
   * Reads a file of the host; no program runs meanwhile. The file is to stay as it is until its last byte has come. Throws an
   * Error where there is none, UnreachableError when the connection is lost for good.
   */
  fetch(path: string): Promise<RemoteFile>
  /**
   * Puts a file on the host, mode 0600, whole or not at all; no program runs meanwhile. Done at once where it is there
   * already; a part that an earlier attempt left is gone on with. Throws an Error where there is no room, UnreachableError
   * when the connection is lost for good.
   */
  store(upload: Upload): Promise<void>
  /** Asks the running program to stop after its current task. */
  stop(): Promise<void>
  /** Reboots and returns once it answers with a new boot id. Throws UnreachableError after `deadline` seconds. */
  reboot(deadline: number): Promise<void>
  /** Lets go of the lock and the connection, and removes what the run left in /run/provision. */
  close(): Promise<void>
}

export interface OpenOptions {
  /** Take the host for a run that changes it; without it (plan) nothing is locked. Throws LockedError when somebody else has it. */
  readonly lock?: Operator | undefined
  /** The restore or rebuild that the run is a part of, or `any` where it may be beside one. Without it an unfinished one keeps it out. */
  readonly undertaking?: Part | 'any' | undefined
  /** Seconds for connecting, authenticating and sudo together. */
  readonly timeout: number
  /** Gets to know what the host says it is, before it is locked. What this throws, opening throws. */
  readonly onGreeting?: ((identity: HostIdentity) => void) | undefined
  /**
   * Once aborted, opening ends at once, and so does every wait of the session but for its program, which is to be asked to
   * stop: they throw its reason.
   */
  readonly signal?: AbortSignal | undefined
}

/** Opens sessions. The only thing above the transport layer that knows there are sockets. */
export interface Transport {
  /**
   * Looks up the ways to hosts, contacting none. Throws UserError with what the operator's ssh configuration has for them
   * that is not supported.
   */
  check(targets: readonly Target[]): Promise<void>
  open(target: Target, options: OpenOptions): Promise<Session>
}

export interface ForwardOptions {
  /** Where connections come out, as the host reaches it. */
  readonly to: { readonly address: string; readonly port: number }
  /** Of this machine's loopback; 0: one that is free. */
  readonly port: number
  /** Seconds for connecting and authenticating, when first wanted and again after a lost connection. */
  readonly timeout: number
  /** Gets to know why a connection was not passed on. */
  readonly onFailure?: (error: unknown) => void
}

/** A port of this machine that leads elsewhere. */
export interface Forward {
  /** Of 127.0.0.1. */
  readonly port: number
  /** Ends it, with every connection that goes through it. */
  close(): void
}

/** Lets programs of this machine reach what a host reaches. */
export interface Forwarder {
  /** Throws UserError where the port is not to be had, UnreachableError where the host or the address does not answer. */
  forward(target: Target, options: ForwardOptions): Promise<Forward>
}
