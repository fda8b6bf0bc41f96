import { describe, expect, test } from 'vitest'
import { Values } from '../../../src/run/values.ts'

const made = () => new Values(new Map([['joined', ['w1', 'w2']]]), new Set(['joined']))

describe('a value that several hosts make', () => {
  test('is of those who gave it, once all have ended', async () => {
    const values = made()
    const all = values.get('joined')
    values.provide('joined', 'w2', 'yes')
    values.end('w2')
    values.end('w1')
    expect(await all).toEqual({ w2: 'yes' })
  })

  test('is missed of those only who ended without giving it', () => {
    const values = made()
    expect(values.absent('joined')).toEqual([])
    values.provide('joined', 'w2', 'yes')
    values.end('w2')
    expect(values.absent('joined')).toEqual([])
    values.end('w1')
    expect(values.absent('joined')).toEqual(['w1'])
  })

  test('is missed of nobody where nobody was to make it', () => {
    expect(made().absent('other')).toEqual([])
  })
})
