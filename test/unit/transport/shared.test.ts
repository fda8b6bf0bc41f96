import { expect, it } from 'vitest'
import type { Attempt } from '../../../src/transport/connect.ts'
import { share } from '../../../src/transport/shared.ts'

const attempt = (signal: AbortSignal, stage: (stage: string) => void = () => {}): Attempt => ({
  signal,
  stage,
  notify: () => {},
})

it('what several wait for outlives the patience of the first', async () => {
  const made = Promise.withResolvers<string>()
  const one = share((own) => {
    own.signal.addEventListener('abort', () => made.reject(own.signal.reason))
    own.stage('a connection')
    return made.promise
  })
  const [first, second] = [new AbortController(), new AbortController()]
  const stages: string[] = []
  const waits = [one.wait(attempt(first.signal)), one.wait(attempt(second.signal, (stage) => stages.push(stage)))]
  first.abort(new Error('its time is over'))
  await expect(waits[0]).rejects.toThrow('its time is over')
  made.resolve('connected')
  expect(await waits[1]).toBe('connected')
  expect(stages).toEqual(['a connection'])
})

it('what nobody waits for any more is given up', async () => {
  const one = share(
    ({ signal }) =>
      new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  )
  const only = new AbortController()
  const wait = one.wait(attempt(only.signal))
  only.abort(new Error('interrupted'))
  await expect(wait).rejects.toThrow('interrupted')
  await expect(one.made).rejects.toThrow('interrupted')
})
