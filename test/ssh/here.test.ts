import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sshd, startSshd } from './sshd.ts'

// connection: local, with the real sudo: in the namespace of an sshd that nobody connects to, for its accounts and its
// own /run.

const password = `it's a "pass$word" \\n !`
const controller = resolve(import.meta.dirname, 'here-controller.ts')

let sshd: Sshd
beforeAll(async () => {
  sshd = await startSshd({
    accounts: [
      { name: 'asks', password, sudo: 'ALL=(ALL:ALL) ALL' },
      { name: 'free', sudo: 'ALL=(ALL:ALL) NOPASSWD: ALL' },
      { name: 'never', password },
    ],
  })
})
afterAll(() => sshd.stop())

interface Found {
  readonly whole?: boolean
  readonly events?: readonly { readonly kind: string; readonly name?: string; readonly value?: string }[]
  readonly reboot?: string
  readonly traffic?: { readonly connections: number; readonly execs: number; readonly bytesSent: number }
  readonly system?: string
  readonly refused?: string
}

function as(user: string, sudoPassword: string): Found {
  const words = ['-t', String(sshd.pid), '-m', 'setpriv', '--reuid', user, '--regid', user, '--clear-groups']
  const said = execFileSync('nsenter', [...words, process.execPath, controller], {
    input: sudoPassword,
    encoding: 'utf8',
    env: { ...process.env, USER: user, LOGNAME: user, HOME: '/tmp', SECRET_OF_OURS: 'in the environment' },
  })
  return JSON.parse(said.trim().split('\n').at(-1) ?? '') as Found
}

describe('the machine one sits at', () => {
  it.each(['root', 'asks', 'free'])('is taken over without SSH: %s', (user) => {
    const found = as(user, user === 'asks' ? password : '')
    expect(found.refused).toBeUndefined()
    expect(found.whole).toBe(true)
    expect(found.traffic).toMatchObject({ connections: 1, execs: 1 })
    expect(found.traffic?.bytesSent).toBeGreaterThan(5000)
    const outputs = Object.fromEntries((found.events ?? []).map((event) => [event.name, event.value]))
    expect(outputs.who).toBe('root')
    expect(outputs.env).toContain('PATH=')
    expect(outputs.env).not.toContain('SECRET_OF_OURS')
    expect(found.reboot).toMatch(/requires a reboot, and provision runs on it/)
    expect(sshd.shell(`ls /run/provision 2>/dev/null | grep -v lock || :`).trim()).toBe('')
  })

  it('is refused with what is wrong', () => {
    expect(as('asks', 'wrong').refused).toMatch(/sudo does not accept the password/)
    expect(as('never', password).refused).toMatch(/may not use sudo/)
  })
})
