/** Lets at most so many through at once, first come first served. */
export interface Gate {
  /** Resolves with the function that lets the next one in. Rejects with the signal's reason. */
  enter(signal: AbortSignal): Promise<() => void>
}

export function createGate(limit: number): Gate {
  const waiting = new Set<() => void>()
  let inside = 0

  const leave = (): void => {
    inside -= 1
    const [next] = waiting
    if (next) next()
  }
  return {
    enter(signal) {
      return new Promise((resolve, reject) => {
        const giveUp = (): void => {
          waiting.delete(go)
          reject(signal.reason)
        }
        const go = (): void => {
          waiting.delete(go)
          signal.removeEventListener('abort', giveUp)
          inside += 1
          resolve(leave)
        }
        if (signal.aborted) return reject(signal.reason)
        if (inside < limit) return go()
        signal.addEventListener('abort', giveUp, { once: true })
        waiting.add(go)
      })
    },
  }
}
