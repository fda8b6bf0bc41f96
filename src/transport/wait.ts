/** Waits as long as the signal lets it; throws the signal's reason. What was waited for goes on by itself. */
export async function abortable<T>(wanted: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return wanted
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = (): void => reject(signal.reason)
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([wanted, promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Waits at most so long; undefined where that was not enough. */
export async function within<T>(wanted: Promise<T>, seconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.ceil(Math.max(0, seconds) * 1000))
  })
  try {
    return await Promise.race([wanted, over])
  } finally {
    clearTimeout(timer)
  }
}
