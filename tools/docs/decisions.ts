const note = '<!-- Generated from the titles by `npm run docs`. -->'

/**
 * docs/decisions/index.md
 * @param pages Text of each decision by its file name, in order.
 */
export function decisionsIndex(pages: readonly (readonly [file: string, text: string])[]): string {
  const lines = pages.map(([file, text]) => `- [${/^# (.*)$/m.exec(text)?.[1]}](${file})`)
  return `${note}

# Decisions

Each page records a decision, its reasons and the alternatives.

${lines.join('\n')}
`
}
