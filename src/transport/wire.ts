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
  if (end > bytes.length) throw new RangeError('it ends too early')
  return bytes.subarray(at + 4, end)
}

/** SSH's `mpint` of a number that is not negative. */
export function mpint(bytes: Buffer): Buffer {
  let start = 0
  while (start < bytes.length && bytes[start] === 0) start += 1
  const number = bytes.subarray(start)
  return string((number[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), number]) : number)
}
