/** Takes bytes as they come and gives whole lines, without their newline. */
export interface LineSplitter {
  push(bytes: Uint8Array): string[]
  /** How many lines were dropped for being longer than the limit. */
  readonly dropped: number
}

/**
 * Splits on the byte `\n` and only then decodes UTF-8, so a character cut in two by the network stays whole.
 * A line longer than `limit` bytes is dropped as it comes: an endless one costs no memory.
 */
export function createLineSplitter(limit: number): LineSplitter {
  let parts: Uint8Array[] = []
  let length = 0
  let dropped = 0

  const add = (part: Uint8Array): void => {
    length += part.length
    if (length > limit) parts = []
    else if (part.length > 0) parts.push(part)
  }
  const take = (): string | undefined => {
    const line = length > limit ? undefined : Buffer.concat(parts).toString('utf8')
    if (line === undefined) dropped += 1
    parts = []
    length = 0
    return line
  }

  return {
    push(bytes) {
      const lines: string[] = []
      let from = 0
      for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, from)) {
        add(bytes.subarray(from, at))
        from = at + 1
        const line = take()
        if (line !== undefined) lines.push(line)
      }
      // Copied, because the rest may wait longer than the caller keeps its buffer unchanged.
      add(bytes.slice(from))
      return lines
    },
    get dropped() {
      return dropped
    },
  }
}
