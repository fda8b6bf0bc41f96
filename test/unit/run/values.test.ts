import { describe, expect, test } from 'vitest'
import { Values } from '../../../src/run/values.ts'

const none = new Set<string>()
const made = () => new Values(new Map([['joined', ['w1', 'w2']]]), new Set(['joined']))

describe('a value that several hosts make', () => {
  test('is of those who gave it, once all have ended', async () => {
    const values = made()
    const all = values.get('joined')
    values.provide('joined', 'w2', 'yes')
    values.end('w2', none)
    values.end('w1', none)
    expect(await all).toEqual({ w2: 'yes' })
  })

  test('is missed of those only who ended without giving it', () => {
    const values = made()
    expect(values.absent('joined')).toEqual([])
    values.provide('joined', 'w2', 'yes')
    values.end('w2', none)
    expect(values.absent('joined')).toEqual([])
    values.end('w1', none)
    expect(values.absent('joined')).toEqual(['w1'])
  })

  test('is missed of nobody where nobody was to make it', () => {
    expect(made().absent('other')).toEqual([])
  })
})

test('a value made on demand can still be had of a host that is through with its own', async () => {
  const values = new Values(new Map([['joinToken', ['cp1']]]), new Set())
  values.end('cp1', new Set(['joinToken']))
  values.provide('joinToken', 'cp1', 'secret')
  expect(await values.get('joinToken')).toBe('secret')
})
