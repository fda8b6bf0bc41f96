import { homedir, userInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import { parseSshConfig, type Route, resolveRoute } from '../../../src/transport/ssh-config.ts'
import type { Target } from '../../../src/transport/transport.ts'

const plain: Target = { name: 'cp1', address: 'cp1', port: 22, user: '', hostKeys: 'pin' }

function route(over: Partial<Target>, config = ''): Route {
  return resolveRoute({ ...plain, ...over }, parseSshConfig(config, 'config'))
}

const cases: readonly (readonly [what: string, over: Partial<Target>, config: string, expected: Partial<Route>])[] = [
  [
    'nothing but the address',
    {},
    '',
    { address: 'cp1', port: 22, user: userInfo().username, identityFiles: [], via: undefined },
  ],
  ['the inventory alone', { user: 'ops', port: 2222 }, '', { user: 'ops', port: 2222 }],
  [
    'an alias',
    {},
    'Host cp1\n HostName 10.0.0.1\n User ops\n Port 2200',
    { address: '10.0.0.1', user: 'ops', port: 2200 },
  ],
  ['keywords in any case', {}, 'host cp1\n hostname 10.0.0.1\n USER ops', { address: '10.0.0.1', user: 'ops' }],
  ['a pattern', {}, 'Host cp*\n User ops', { user: 'ops' }],
  ['another host', {}, 'Host w*\n User ops', { user: userInfo().username }],
  ['the first value wins', {}, 'Host cp1\n User one\nHost *\n User two', { user: 'one' }],
  ['the inventory wins', { user: 'ops', port: 2222 }, 'Host *\n User other\n Port 2200', { user: 'ops', port: 2222 }],
  ['%h', {}, 'Host *\n HostName %h.example.com', { address: 'cp1.example.com' }],
  [
    'identity files',
    { user: 'ops' },
    'Host *\n IdentityFile ~/.ssh/a\n IdentityFile %d/%r-%h',
    { identityFiles: [`${homedir()}/.ssh/a`, `${homedir()}/ops-cp1`] },
  ],
  [
    'the identity file of the inventory',
    { identityFile: '~/k' },
    'Host *\n IdentityFile ~/.ssh/a',
    { identityFiles: [`${homedir()}/k`] },
  ],
  ['ProxyJump none', {}, 'Host *\n ProxyJump none', { via: undefined }],
  ['ProxyCommand none', {}, 'Host *\n ProxyCommand none', { via: undefined }],
]

describe('the way to a host', () => {
  it.each(cases)('%s', (_what, over, config, expected) => {
    expect(route(over, config)).toMatchObject(expected)
  })

  it('leads over a jump host', () => {
    const { via } = route({ jump: 'me@bastion.example.com:2022' })
    expect(via).toMatchObject({ address: 'bastion.example.com', user: 'me', port: 2022, via: undefined })
    expect(route({ jump: '[fd00::1]:2022' }).via).toMatchObject({ address: 'fd00::1', port: 2022 })
  })

  it('leads over several, the nearest last', () => {
    const config = 'Host cp*\n ProxyJump first,second\nHost second\n HostName 10.9.9.9\n User hop'
    expect(route({ user: 'ops' }, config).via).toMatchObject({
      address: '10.9.9.9',
      user: 'hop',
      via: { address: 'first', via: undefined },
    })
  })

  it('takes no password of the host to the bastion', () => {
    expect(route({ password: 'secret', jump: 'bastion' }).via?.password).toBeUndefined()
  })

  const wrong: readonly (readonly [what: string, over: Partial<Target>, config: string, message: RegExp])[] = [
    [
      'a ProxyCommand',
      {},
      'Host *\n ProxyCommand nc %h %p',
      /reaches cp1 by a ProxyCommand.*\n {2}hint: use ProxyJump/,
    ],
    ['a circle', {}, 'Host *\n ProxyJump cp1', /lead in a circle/],
    ['no jump host', { jump: 'a b:c:d' }, '', /"a b:c:d" is no jump host/],
  ]
  it.each(wrong)('is refused: %s', (_what, over, config, message) => {
    expect(() => route(over, config)).toThrow(UserError)
    expect(() => route(over, config)).toThrow(message)
  })
})
