/** Finds a journal's bytes in what a session prints. */
export interface JournalStream {
  /** From now on only what follows the announcement of this journal, at this offset, counts. */
  expect(id: string, offset: number): void
  /** The journal's bytes in these; undefined while its announcement has not come. */
  push(bytes: Buffer): Buffer | undefined
  /** Bytes that were dropped since something was last expected. */
  readonly dropped: () => number
}

/**
 * A login shell's start-up files may print before the session does, and an earlier journal may still drip: all that
 * comes before the line `%journal ID OFFSET` is dropped, so that byte offsets are those of the journal itself.
 */
export function createJournalStream(): JournalStream {
  let marker = Buffer.alloc(0)
  let held = Buffer.alloc(0)
  let found = false
  let dropped = 0
  return {
    expect(id, offset) {
      marker = Buffer.from(`%journal ${id} ${offset}\n`)
      held = Buffer.alloc(0)
      found = false
      dropped = 0
    },
    push(bytes) {
      if (found) return bytes
      dropped += bytes.length
      if (marker.length === 0) return undefined
      const text = Buffer.concat([held, bytes])
      const at = text.indexOf(marker)
      if (at === -1) {
        held = text.subarray(Math.max(0, text.length - marker.length))
        return undefined
      }
      found = true
      held = Buffer.alloc(0)
      return text.subarray(at + marker.length)
    },
    dropped: () => dropped,
  }
}
