import { describe, expect, it } from 'vitest'
import { UnreachableError } from '../../../src/errors.ts'
import type { RunSummary } from '../../../src/events/run-event.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import { lifeOf, loginOf } from '../../../src/operations/dashboard.ts'

const inventory = readInventory(
  'cluster: lab\nhosts:\n  cp1: { address: 10.0.0.11, role: control-plane }\naddons: { headlamp: true }\n',
  'hosts.yaml',
)
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const token = `${encode({ alg: 'RS256' })}.${encode({ iat: 1_795_296_400, exp: 1_795_300_000, sub: 'viewer' })}.c2lnbmF0dXJl`

/** What a run gave, by the two answers of cp1; without them it has failed. */
function executed(service?: string, given?: string) {
  const summary = {
    hosts: [
      {
        name: 'cp1',
        outcome: service === undefined ? 'unreachable' : 'converged',
        error: 'nothing listens',
        hint: 'is it on?',
      },
    ],
    failures: [],
  } as unknown as RunSummary
  const outputs = new Map<string, Map<string, string>>()
  if (service !== undefined) outputs.set('dashboardService', new Map([['cp1', service]]))
  if (given !== undefined) outputs.set('dashboardToken', new Map([['cp1', given]]))
  return { summary, outputs, greetings: [] }
}

describe('a login', () => {
  it.each([
    ['10.96.12.7 80\n', { address: '10.96.12.7', port: 80 }],
    ['fd00:96::c07 80\n', { address: 'fd00:96::c07', port: 80 }],
  ])('is what a control plane says: %j', (service, to) => {
    const login = loginOf(inventory, executed(service, `${token}\n`))
    expect(login).toMatchObject({ by: { name: 'cp1' }, to, token })
  })

  it.each([
    [
      'there is no Headlamp yet',
      'failed Error from server (NotFound): services "headlamp" not found',
      'failed x',
      /cp1 has no token for Headlamp: Error from server \(NotFound\): services/,
    ],
    [
      'there is no such account',
      '10.96.12.7 80',
      'failed error: serviceaccounts "headlamp-admin" not found',
      /for Headlamp: error: serviceaccounts "headlamp-admin" not found/,
    ],
    ['what comes is no address', 'None 80', token, /for Headlamp: its answer cannot be parsed$/],
    [
      'what comes is no token',
      '10.96.12.7 80',
      `Warning: shortened\n${token}`,
      /for Headlamp: its answer cannot be parsed$/,
    ],
    ['nobody answers', undefined, undefined, /^no control plane responds: nothing listens$/],
  ])('is not there where %s', (_case, service, given, message) => {
    const work = () => loginOf(inventory, executed(service, given))
    expect(work).toThrow(UnreachableError)
    expect(work).toThrow(message)
  })

  it('ends when its token says', () => {
    expect(lifeOf(token)).toEqual({ expires: new Date(1_795_300_000_000), seconds: 3600 })
  })
})
