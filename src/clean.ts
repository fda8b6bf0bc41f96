import { stripVTControlCharacters } from 'node:util'

/**
 * What terminals act on, hide or turn round instead of showing: control characters of both sets, format characters (bidi
 * overrides, zero widths, tags), separators of lines that are no newline, and halves of characters.
 */
const unshown = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
/** More marks than these on one letter reach into the lines above. */
const piledUp = /(\p{M}{4})\p{M}+/gu

/** Text of anybody as it may be shown. Escape sequences go as a whole; newlines stay, tabs become blanks. */
export function clean(text: string): string {
  return withoutSequences(text).replace(/\t/g, '    ').replace(unshown, '').replace(piledUp, '$1')
}

/**
 * Node looks for the end of an operating system command (ESC ]) from each of them to the end of the text: where no end
 * follows they are written in their other form, which it takes for a short sequence, so that many of them take no long.
 */
function withoutSequences(text: string): string {
  const ended = Math.max(...['\x07', '\x1b\\', '\x9c'].map((end) => text.lastIndexOf(end) + end.length))
  return stripVTControlCharacters(text.slice(0, ended) + text.slice(ended).replaceAll('\x1b]', '\x9b]'))
}

/** Text of a host as part of a line of ours: no lines of its own, and at most `most` characters. */
export function quoted(text: string, most = 300): string {
  // Cut before it is looked at, too: a host may send any amount.
  const line = clean(text.slice(0, 20 * most))
    .replace(/\s+/g, ' ')
    .trim()
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`
}
