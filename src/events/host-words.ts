/**
 * What a host may say, and how much of it: the one table of it. Whatever does not fit is refused where it arrives, and
 * fails that host alone. Bounds are bytes (of UTF-8) unless they say otherwise, far above what our own programs send.
 */

/** What a program tells beside values; the bounds of steps.sh and prelude.sh are lower. */
export const streams = {
  /** 200 lines of 400 characters. */
  diff: 512 * 1024,
  /** 30 lines of 600 characters. */
  log: 128 * 1024,
  note: 16 * 1024,
  /** Of any value; each has a bound of its own below. */
  output: 8 * 1024 * 1024,
} as const

export const bounds = {
  /** One line of a journal. */
  line: 16 * 1024,
  /** Diffs, logs, notes and values of one program that have begun and not ended, together. */
  open: 16 * 1024 * 1024,
  /** Diffs, logs, notes and values that have begun and not ended: a number. */
  openCount: 64,
  /** Events of one program: a number. */
  events: 200_000,
  /** The journal of one program, whatever is in it. */
  journal: 64 * 1024 * 1024,
  /** What comes before the expected journal or file is announced: start-up files of a shell, the rest of another. */
  stray: 16 * 1024 * 1024,
  /** What comes of a file before its size: the two streams of a channel are not in step. */
  early: 8 * 1024 * 1024,
  /** One line of the session's answers; longer ones are dropped. */
  answer: 8192,
  /** Lines that a session said beside its answers, the last of them: a number. */
  said: 20,
  /** Notes of one program: a number. */
  notes: 100,
  /** Characters of a note; the rest is cut off. */
  noteLength: 2000,
  /** Warnings of one host that are kept for the summary: a number. */
  warnings: 100,
} as const

export type Role = 'control-plane' | 'worker'

/** One value that hosts give, or a file. */
export interface ValueRow {
  /** Whose tasks give it. */
  readonly from: readonly Role[]
  /** Whose tasks may need it; none: only commands read it. */
  readonly to: readonly Role[]
  /** Of the whole value. */
  readonly form: RegExp
  readonly most: number
  readonly secret?: true
  /** The value is the path of a file of at most so many bytes. */
  readonly file?: number
}

const controlPlanes: readonly Role[] = ['control-plane']
const all: readonly Role[] = ['control-plane', 'worker']
const nobody: readonly Role[] = []

const kiB = 1024
const MiB = 1024 * kiB
const GiB = 1024 * MiB

// Each letter is looked at once: none of these can be made to take long.
const text = /^[^\0]*$/
const path = /^\/[^\0\n]+$/
const lines = (form: string): RegExp => new RegExp(`^(?:${form})$`)

/** Every value of the playbooks of provision itself, by name. */
export const values: Readonly<Record<string, ValueRow>> = {
  // Making a cluster and joining it.
  kubeconfig: { from: controlPlanes, to: nobody, form: text, most: 64 * kiB, secret: true },
  joinToken: { from: controlPlanes, to: all, form: /^[a-z0-9]{6}\.[a-z0-9]{16}$/, most: 23, secret: true },
  clusterCA: {
    from: controlPlanes,
    to: all,
    form: /^-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----[A-Za-z0-9+/= \n-]*$/,
    most: 64 * kiB,
  },
  certificateKey: { from: controlPlanes, to: controlPlanes, form: /^[0-9a-f]{64}$/, most: 64, secret: true },
  joined: { from: all, to: controlPlanes, form: /^[a-z]*$/, most: 32 },
  standing: { from: all, to: controlPlanes, form: lines('node|fresh'), most: 5 },
  clusterHeld: { from: controlPlanes, to: controlPlanes, form: lines('holds|none'), most: 5 },
  // Removing nodes.
  present: { from: all, to: controlPlanes, form: lines('present'), most: 7 },
  drained: { from: controlPlanes, to: all, form: lines('drained'), most: 7 },
  left: { from: all, to: controlPlanes, form: lines('left'), most: 4 },
  // Restoring and rebuilding.
  stoodAside: { from: controlPlanes, to: controlPlanes, form: lines('aside'), most: 5 },
  still: { from: controlPlanes, to: controlPlanes, form: lines('still'), most: 5 },
  saved: { from: controlPlanes, to: nobody, form: text, most: 4 * MiB },
  look: { from: all, to: nobody, form: text, most: 4 * MiB },
  comparison: { from: controlPlanes, to: nobody, form: text, most: 4 * MiB },
  // Archives.
  archive: { from: controlPlanes, to: nobody, form: path, most: 4 * kiB, file: 64 * GiB },
  survey: { from: controlPlanes, to: nobody, form: text, most: 4 * MiB },
  proof: { from: controlPlanes, to: nobody, form: text, most: 1 * MiB },
  // Asking.
  addresses: { from: all, to: nobody, form: text, most: 64 * kiB },
  hostState: { from: all, to: nobody, form: text, most: 1 * MiB },
  certificates: { from: all, to: nobody, form: text, most: 1 * MiB },
  controlPlaneState: { from: controlPlanes, to: nobody, form: text, most: 8 * MiB },
  addons: { from: controlPlanes, to: nobody, form: text, most: 256 * kiB },
  supportFiles: { from: all, to: nobody, form: path, most: 4 * kiB, file: 128 * MiB },
  dashboardService: { from: controlPlanes, to: nobody, form: text, most: 4 * kiB },
  dashboardToken: { from: controlPlanes, to: nobody, form: text, most: 16 * kiB, secret: true },
}

/** A value of an operator's own playbook, which hosts of any role may give and need: any text. */
const ownValue = { from: all, to: all, form: text, most: 1 * MiB, file: 64 * GiB } as const
/** A secret one is looked for in all that is told, so it may be neither short nor long. */
const ownSecret = { ...ownValue, most: 64 * kiB } as const
/** Characters of the shortest secret that a host may give: shorter ones would strike out others' words. */
const shortestSecret = 8

export interface ValueKind {
  readonly name: string
  readonly secret: boolean
  readonly file?: true | undefined
}

/** The row of a value: of the table, or for the name of an operator's own. */
export function rowOf({ name, secret }: ValueKind): ValueRow {
  return (Object.hasOwn(values, name) ? values[name] : undefined) ?? (secret ? ownSecret : ownValue)
}

/** Why a host may not give this value; undefined where it may. Nothing of the value is in it. */
export function refusalOfValue(kind: ValueKind, value: string, role: Role): string | undefined {
  const row = rowOf(kind)
  const { name } = kind
  if (!row.from.includes(role)) return `a ${role} gives no ${name}`
  const size = Buffer.byteLength(value)
  if (size > row.most) return `it gave a ${name} of ${size} bytes, and at most ${row.most} are taken`
  if (!(kind.file ? path : row.form).test(value)) return `it gave a ${name} that is not of its form`
  if (kind.secret && value.trim().length < shortestSecret)
    return `it gave a ${name} shorter than ${shortestSecret} characters, which is no secret`
  return undefined
}

/** Whether tasks of this role may need the value. */
export function mayAsk(name: string, role: Role): boolean {
  return rowOf({ name, secret: false }).to.includes(role)
}
