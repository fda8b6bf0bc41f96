import type { Command, Option } from 'commander'

/** What a shell offers for a word: lines `WORD` or `WORD<tab>WHAT IT IS`, or leaves to its own completion of files. */
export type Completion = 'files' | readonly string[]

export interface CompletionSources {
  /** Host names of the inventory that the command line names. */
  readonly hosts: (inventory: string | undefined) => Promise<readonly string[]>
}

/** `words`: those after the program's name up to the cursor; the last is the one being typed, perhaps empty. */
export async function complete(
  program: Command,
  words: readonly string[],
  sources: CompletionSources,
): Promise<Completion> {
  const typed = words.at(-1) ?? ''
  const { command, expecting, inventory } = walk(program, words.slice(0, -1))
  if (expecting) return valuesOf(expecting, typed, () => sources.hosts(inventory))
  if (typed.startsWith('-'))
    return matching(
      optionsOf(command).map((option) => line(option.long ?? option.short ?? '', option.description)),
      typed,
    )
  const commands = command.commands
    .filter((one) => !isHidden(one))
    .map((one) => line(one.name(), one.summary() || one.description()))
  const argument = command.registeredArguments[0]
  if (argument?.argChoices) return matching(argument.argChoices, typed)
  if (argument?.name() === 'host') return matching(await sources.hosts(inventory), typed)
  if (argument && commands.length === 0) return 'files'
  return matching(commands, typed)
}

interface Place {
  readonly command: Command
  /** The option whose value comes next. */
  readonly expecting?: Option | undefined
  readonly inventory?: string | undefined
}

function walk(program: Command, words: readonly string[]): Place {
  let command = program
  let expecting: Option | undefined
  let inventory: string | undefined
  for (const word of words) {
    if (expecting) {
      if (expecting.long === '--inventory') inventory = word
      expecting = undefined
    } else if (word.startsWith('-')) {
      const option = optionsOf(command).find((one) => one.long === word || one.short === word)
      if (option?.required) expecting = option
    } else {
      command = command.commands.find((one) => one.name() === word || one.aliases().includes(word)) ?? command
    }
  }
  return { command, expecting, inventory }
}

async function valuesOf(option: Option, typed: string, hosts: () => Promise<readonly string[]>): Promise<Completion> {
  if (option.argChoices) return matching(option.argChoices, typed)
  if (option.long === '--host') return matching(await hosts(), typed)
  if (option.long === '--limit') {
    // A list: what is before the last comma stays.
    const done = typed.slice(0, typed.lastIndexOf(',') + 1)
    return matching(
      [...(await hosts()), 'role=control-plane', 'role=worker'].map((name) => done + name),
      typed,
    )
  }
  return option.long === '--inventory' ? 'files' : []
}

/** The command's own options and those of all above it, which are taken anywhere. */
function optionsOf(command: Command): Option[] {
  const above = command.parent ? optionsOf(command.parent) : []
  return [...command.options, ...above].filter((option) => !option.hidden)
}

function isHidden(command: Command): boolean {
  return command.name().startsWith('__')
}

function line(word: string, description: string): string {
  return description === '' ? word : `${word}\t${description}`
}

function matching(lines: readonly string[], typed: string): readonly string[] {
  return lines.filter((one) => one.startsWith(typed))
}
