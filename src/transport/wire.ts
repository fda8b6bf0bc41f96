/** SSH's `string`: its length in four bytes, and it (RFC 4251, 5). */
export function string(content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** The content of the `string` that begins there. Throws RangeError where it is not whole. */
export function readString(bytes: Buffer, at: number): Buffer {
  const end = at + 4 + bytes.readUInt32BE(at)
  if (end > bytes.length) throw new RangeError('it is too short')
  return bytes.subarray(at + 4, end)
}

/** Reads the fields of a message one after another, from a byte on. Its methods throw RangeError where one is not whole. */
export function createReader(bytes: Buffer, from = 0) {
  let at = from
  const reader = {
    done: () => at >= bytes.length,
    string(): Buffer {
      const content = readString(bytes, at)
      at += 4 + content.length
      return content
    },
    /** As they stand there, lengths included. */
    strings(count: number): Buffer {
      const begin = at
      for (let left = count; left > 0; left -= 1) reader.string()
      return bytes.subarray(begin, at)
    },
    skip(count: number): void {
      at += count
    },
    number(): number {
      at += 4
      return bytes.readUInt32BE(at - 4)
    },
    long(): bigint {
      at += 8
      return bytes.readBigUInt64BE(at - 8)
    },
  }
  return reader
}

/** SSH's `mpint` of a number that is not negative. */
export function mpint(bytes: Buffer): Buffer {
  let start = 0
  while (start < bytes.length && bytes[start] === 0) start += 1
  const number = bytes.subarray(start)
  return string((number[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), number]) : number)
}
