/** What a link hands to its session, in the order it came. */
export interface Inbox<T> {
  push(item: T): void
  /** The next item, as soon as there is one. One reader at a time. */
  next(): Promise<T>
  /** Forgets those that nobody has read and nobody wants any more. */
  drop(unwanted: (item: T) => boolean): void
}

/**
 * A queue between a socket, which pushes, and a session, which pulls. `onFull` and `onFree` tell the socket's
 * side to hold back and to go on, so that a host which talks faster than we read fills no memory.
 */
export function createInbox<T>(onFull: () => void, onFree: () => void, limit = 256): Inbox<T> {
  let items: T[] = []
  let reader: ((item: T) => void) | undefined
  let full = false
  const freed = (): void => {
    if (!full || items.length >= limit / 2) return
    full = false
    onFree()
  }
  return {
    push(item) {
      if (reader) {
        const resolve = reader
        reader = undefined
        resolve(item)
        return
      }
      items.push(item)
      if (items.length >= limit && !full) {
        full = true
        onFull()
      }
    },
    next() {
      const item = items.shift()
      freed()
      if (item !== undefined) return Promise.resolve(item)
      return new Promise((resolve) => {
        reader = resolve
      })
    },
    drop(unwanted) {
      items = items.filter((item) => !unwanted(item))
      freed()
    },
  }
}
