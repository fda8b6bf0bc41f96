/** Bytes that come in pieces, held as one. What a piece costs does not depend on how many there are. */
export interface Held {
  /** Whether there was room; where there was none, nothing of the piece is held. */
  add(piece: Uint8Array): boolean
  readonly length: number
  /** All of it; valid until the next `add`. */
  bytes(): Buffer
  clear(): void
}

/** Holds at most `most` bytes, and takes at most twice what it holds. */
export function createHeld(most: number): Held {
  let buffer = Buffer.alloc(0)
  let length = 0
  return {
    add(piece) {
      if (length + piece.length > most) return false
      if (length + piece.length > buffer.length) {
        const larger = Buffer.allocUnsafe(Math.min(most, Math.max(1024, 2 * (length + piece.length))))
        buffer.copy(larger, 0, 0, length)
        buffer = larger
      }
      buffer.set(piece, length)
      length += piece.length
      return true
    },
    get length() {
      return length
    },
    bytes: () => buffer.subarray(0, length),
    clear() {
      buffer = Buffer.alloc(0)
      length = 0
    },
  }
}
