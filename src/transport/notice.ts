/** What happens on the way to a host and is worth a line on the screen; plain data, worded by whoever shows it. */
export type Notice = { readonly host: string } /** First contact: the key was recorded in `file`. */ & (
  | { readonly kind: 'host-key-pinned'; readonly fingerprint: string; readonly file: string }
  | { readonly kind: 'connection-lost'; readonly reason: string }
  | { readonly kind: 'reconnecting'; readonly attempt: number; readonly reason: string }
  /** Something has got through again. */
  | { readonly kind: 'reconnected'; readonly seconds: number }
  /** A program that has not spoken, over a connection that stands. */
  | { readonly kind: 'silent'; readonly seconds: number }
  /** Said once a run, of the first host that asked. */
  | { readonly kind: 'agent-silent'; readonly socket: string }
  /** A keyword of ssh_config that is set, and that this version does not know; in lower case. Said once a run of each. */
  | { readonly kind: 'ssh-setting-unknown'; readonly keyword: string; readonly value: string }
  /** The dead holder of the lock was put aside. */
  | { readonly kind: 'lock-taken'; readonly who: string; readonly silentSeconds: number }
  /** A program whose controller died still runs; it was asked to stop after its task. */
  | { readonly kind: 'orphan'; readonly program: string }
  | { readonly kind: 'waiting-for-orphan'; readonly seconds: number }
)

/** Distributes over the kinds, where Omit would keep only what all kinds have. */
type Unnamed<T> = T extends unknown ? Omit<T, 'host'> : never
export type HostNotice = Unnamed<Notice>

/** One line for a log or a screen. */
export function describeNotice(notice: Notice): string {
  switch (notice.kind) {
    case 'host-key-pinned':
      return `first contact: stored host key ${notice.fingerprint} in ${notice.file}`
    case 'connection-lost':
      return `connection lost (${notice.reason}); its program continues; reconnecting`
    case 'reconnecting':
      return `reconnection attempt ${notice.attempt} failed (${notice.reason})`
    case 'reconnected':
      return `reconnected after ${notice.seconds} s`
    case 'silent':
      return `no heartbeat from its program for ${notice.seconds} s`
    case 'agent-silent':
      return `the ssh-agent at ${notice.socket} does not answer; continuing without it`
    case 'ssh-setting-unknown':
      return `the ssh configuration has ${notice.keyword} ${notice.value}, which provision does not know and ignores`
    case 'lock-taken':
      return `took over the lock of ${notice.who}, silent for ${notice.silentSeconds} s`
    case 'orphan':
      return `program ${notice.program} of an earlier run is still running; it stops after its current task`
    case 'waiting-for-orphan':
      return `waiting for a program of an earlier run (${notice.seconds} s)`
  }
}
