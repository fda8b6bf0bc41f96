import { createHeld } from './held.ts'

/** Takes bytes as they come and gives whole lines, without their newline. */
export interface LineSplitter {
  push(bytes: Uint8Array): string[]
  /** What has come of a line without its end. */
  rest(): string
  /** How many lines were dropped for being longer than the limit. */
  readonly dropped: number
}

/**
 * Splits on the byte `\n` and only then decodes UTF-8, so a character cut in two by the network stays whole.
 * A line longer than `limit` bytes is dropped as it comes: an endless one costs no memory.
 */
export function createLineSplitter(limit: number): LineSplitter {
  const held = createHeld(limit)
  let tooLong = false
  let dropped = 0

  const add = (part: Uint8Array): void => {
    if (tooLong || held.add(part)) return
    tooLong = true
    held.clear()
  }
  const take = (): string | undefined => {
    const line = tooLong ? undefined : held.bytes().toString('utf8')
    if (tooLong) dropped += 1
    held.clear()
    tooLong = false
    return line
  }

  return {
    push(bytes) {
      const lines: string[] = []
      let from = 0
      for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, from)) {
        const part = bytes.subarray(from, at)
        from = at + 1
        // Most lines come whole.
        if (held.length === 0 && !tooLong && part.length <= limit) {
          lines.push(Buffer.from(part.buffer, part.byteOffset, part.length).toString('utf8'))
          continue
        }
        add(part)
        const line = take()
        if (line !== undefined) lines.push(line)
      }
      add(bytes.subarray(from))
      return lines
    },
    rest: () => held.bytes().toString('utf8'),
    get dropped() {
      return dropped
    },
  }
}
