import type { HostFacts } from '../host-facts.ts'
import type { Library } from '../shell/load.ts'
import type { Prefetch } from '../shell/program.ts'
import type { ShellText } from '../shell/quote.ts'
import type { z } from '../zod.ts'

/** What a module may ask for while it compiles. */
export interface ModuleContext {
  readonly facts: HostFacts
  /** Prefix of this task's shell functions, for example `t12`: `t12_content` prints {@link TaskBody.content}. */
  readonly id: string
  /** The name under which restarts owed to this task are marked: for `owed MARK` and `settle MARK` of the prelude. */
  readonly mark: string
  /** Text of an EJS template, rendered for this host. Throws UserError with the template's line. */
  readonly render: (template: string, extra?: Readonly<Record<string, unknown>>) => string
  /** Bytes of a file that a playbook names, relative to the playbook. */
  readonly readFile: (path: string) => Uint8Array
  /** Files of a folder that a playbook names, by their paths in it, in order. */
  readonly readFolder: (path: string) => ReadonlyMap<string, Uint8Array>
  /** A value of another host that the task's `needs` names; undefined while nobody has made it yet. */
  readonly value: (name: string) => string | undefined
  /** A value that any number of hosts give, by host; undefined until all of them have given theirs or ended. */
  readonly gathered: (name: string) => Readonly<Record<string, string>> | undefined
  /** Values that the task's `needs` names are still to come: so is, perhaps, what its check does not find. */
  readonly early: boolean
  /** A secret made here, the same for the whole run. */
  readonly generate: (kind: GeneratedSecret) => string
  /** The host's clock minus ours when the session began, in milliseconds. */
  readonly clockOffset: number
  /** Whether the text holds a secret: such a task shows no diff. */
  readonly isSecret: (text: string) => boolean
  /** Hosts that were to give this output in this run and have ended without. */
  readonly absent: (output: string) => readonly string[]
}

/** Short-lived secrets that the controller makes itself, so that none is ever parsed from a program's output. */
export type GeneratedSecret = 'bootstrapToken' | 'certificateKey'

/** A task as shell. `check` runs as a function body of its own, in a subshell, with stdin at /dev/null. */
export interface TaskBody {
  /** Status 0: already so; 1: differs; anything else: cannot tell. Changes nothing. Must finish in 120 s. */
  readonly check: ShellText
  /** Makes it so. Runs in a shell of its own under `set -eu`, in the straight line, so errexit holds. Saves pre-images in the ledger first. */
  readonly apply: ShellText
  /** Prints a unified diff of what apply would change; bounded by the prelude. Never for secrets. */
  readonly diff?: ShellText | undefined
  /** What the shell function `${id}_content` prints, byte for byte. */
  readonly content?: string | Uint8Array | undefined
  /** Where there are several: what the shell functions `${id}_part_NAME` print. */
  readonly parts?: Readonly<Record<string, string | Uint8Array>> | undefined
  /** Asked for all tasks of a program at once, before the first check. */
  readonly prefetch?: Prefetch | undefined
  /** How to read the value that the task's `output` names, on stdout. */
  readonly output?: ShellText | undefined
}

/** One word of the playbook language. */
export interface Module<Args = unknown> {
  readonly name: string
  /** One sentence for the reference. */
  readonly summary: string
  readonly schema: z.ZodType<Args>
  /** A part of the shell runtime that only programs with this word carry. */
  readonly library?: Library
  /** See {@link limitOf}. */
  readonly timeout?: number | ((args: Args) => number)
  /** Pure: the same arguments and facts give the same shell. Throws UserError for what the schema cannot say. */
  readonly compile: (args: Args, context: ModuleContext) => TaskBody
}

/** Seconds that `apply` may take where the task does not say. */
export function limitOf({ timeout = 600 }: Module, args: unknown): number {
  return typeof timeout === 'number' ? timeout : timeout(args)
}

/** Keeps the argument type of a module inferred from its schema. */
export function defineModule<Args>(module: Module<Args>): Module<Args> {
  return module
}
