import type { Command, Option } from 'commander'

const note = '<!-- Generated from the commands by `npm run docs`; edit those. -->'

/** Of each command by its name, '' for the program: command lines with their purpose. */
type Examples = ReadonlyMap<string, readonly (readonly [line: string, purpose: string])[]>

/** docs/reference/cli.md: every command with its usage, options and examples. */
export function cliReference(program: Command, examples: Examples): string {
  return `${note}

# Commands

${program.description()}

\`\`\`text
${usage(program)}
\`\`\`

## Global options

Each command accepts these options, before or after its name.

${optionsTable(program)}

${examplesOf(program, examples)}

The exit codes are in [Exit codes](exit-codes.md). \`provision completion bash\` prints a completion script.

## All commands

| command | purpose |
|---|---|
${flat(program)
  .map(
    (command) =>
      `| [\`${nameOf(command).replace('provision ', '')}\`](#${anchor(command)}) | ${escaped(command.summary() || command.description())} |`,
  )
  .join('\n')}

${flat(program)
  .map((command) => section(command, examples))
  .join('\n\n')}
`
}

function section(command: Command, examples: Examples): string {
  const parts = [
    `## ${nameOf(command)}`,
    command.description(),
    `\`\`\`text\n${usage(command)}\n\`\`\``,
    optionsTable(command),
    examplesOf(command, examples),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

/** The commands that users call, each followed by those below it. */
function flat(command: Command): Command[] {
  const visible = command.commands.filter((one) => !one.name().startsWith('__'))
  return visible.flatMap((one) => [one, ...flat(one)])
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`
}

function anchor(command: Command): string {
  return nameOf(command).replaceAll(' ', '-')
}

function usage(command: Command): string {
  return command.createHelp().commandUsage(command)
}

function optionsTable(command: Command): string {
  const options = command.options.filter((option) => !option.hidden && option.long !== '--version')
  if (options.length === 0) return ''
  const rows = options.map((option) => `| \`${option.flags}\` | ${fallback(option)} | ${description(option)} |`)
  return ['| option | Default | meaning |', '|---|---|---|', ...rows].join('\n')
}

function fallback({ defaultValue, defaultValueDescription, mandatory }: Option): string {
  if (mandatory && defaultValue === undefined) return 'required'
  if (defaultValue === undefined || defaultValue === false) return ''
  return `\`${defaultValueDescription ?? String(defaultValue)}\``
}

function description({ description: text, argChoices }: Option): string {
  const choices = argChoices === undefined ? '' : `: ${argChoices.map((one) => `\`${one}\``).join(', ')}`
  return escaped(text) + choices
}

function examplesOf(command: Command, examples: Examples): string {
  const [, ...words] = nameOf(command).split(' ')
  const own = examples.get(words.join(' '))
  if (own === undefined) return ''
  const lines = own.map(([line, purpose]) => `$ ${line}  # ${purpose}`)
  return `\`\`\`console\n${lines.join('\n')}\n\`\`\``
}

/** Text of help as text of a table's cell. */
function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}
