declare const shellText: unique symbol

/** A piece of POSIX shell. Only the functions of this file make one, so every value in it is quoted. */
export type ShellText = string & { readonly [shellText]: true }

/** What may stand in a `${}` of the {@link sh} tag: a value (quoted), several (quoted, space-separated), or shell (as it is). */
export type ShellValue = string | number | ShellText | RawShell | readonly (string | number)[]

class RawShell {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** Quotes one word for any POSIX shell. Throws on NUL, which no shell word can hold. */
export function quote(value: string | number): ShellText {
  const text = String(value)
  if (text.includes('\0')) throw new TypeError('a shell word cannot hold a NUL byte')
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text as ShellText
  return `'${text.replaceAll("'", `'\\''`)}'` as ShellText
}

/** Marks trusted shell, written by us and holding no value from outside, to be inserted unquoted. */
export function raw(text: string): RawShell {
  return new RawShell(text)
}

/**
 * The only way to write shell with values in it: every `${value}` is quoted, `raw(…)` is inserted as it is,
 * an array becomes its quoted words. Leading and trailing blank lines and the common indentation are removed.
 */
export function sh(strings: TemplateStringsArray, ...values: readonly ShellValue[]): ShellText {
  const indent = commonIndent(strings)
  let text = ''
  strings.forEach((part, index) => {
    text += indent === '' ? part : part.replaceAll(`\n${indent}`, '\n')
    if (index < values.length) text += render(values[index] as ShellValue)
  })
  return text.replace(/^\s*\n/, '').trimEnd() as ShellText
}

/** Several pieces, one a line; empty pieces leave no line. */
export function lines(...pieces: readonly (ShellText | false | undefined)[]): ShellText {
  return pieces.filter((piece) => piece).join('\n') as ShellText
}

function render(value: ShellValue): string {
  if (value instanceof RawShell) return value.text
  if (Array.isArray(value)) return value.map((word) => quote(word)).join(' ')
  return quote(value as string | number)
}

function commonIndent(strings: readonly string[]): string {
  const indents = strings
    .join('x')
    .split('\n')
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => /^ */.exec(line)?.[0] ?? '')
  return indents.reduce((shortest, next) => (next.length < shortest.length ? next : shortest), indents[0] ?? '')
}
