import { stripVTControlCharacters } from 'node:util'
import { cleanStyled } from '../screen.ts'

/** Rows as aligned lines, two spaces between columns. `right`: the columns set flush right. No header line when `header` is empty. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  options: { readonly right?: readonly number[] } = {},
): string[] {
  // A cell is one line, whoever its text is from.
  const all = (header.length > 0 ? [header, ...rows] : rows).map((row) =>
    row.map((cell) => cleanStyled(cell).replaceAll('\n', ' ')),
  )
  const widths: number[] = []
  for (const row of all) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, visible(cell))
  }
  return all.map((row) =>
    row
      .map((cell, column) => {
        const gap = ' '.repeat((widths[column] ?? 0) - visible(cell))
        return options.right?.includes(column) ? gap + cell : cell + gap
      })
      .join('  ')
      .trimEnd(),
  )
}

/** Columns a text takes; names and numbers here are one column a character. */
function visible(text: string): number {
  return stripVTControlCharacters(text).length
}
