import { expect, it } from 'vitest'
import { parseJumps, userPattern } from '../../../src/inventory/hosts/jump.ts'

it.each([
  'ops',
  'root',
  '_svc',
  'ops$',
  'ops@corp.example.com',
  'ops@root@10.0.0.11',
  'ops#root#10.0.0.11',
  'CORP\\ops',
  'CORP+ops',
  'ops%corp',
  'li.si-1',
  '李四',
  'ops/prod',
  'ops:ssh',
])('a login may be %s', (user) => {
  expect(user).toMatch(userPattern)
})

it.each(['', '-l', 'a b', 'a;b', '$(id)', 'a`id`', 'a|b', 'a&b', "a'b", 'a"b', 'a<b', 'CORP\\', 'a\nb', 'a\u202eb'])(
  'a login may not be %j',
  (user) => {
    expect(user).not.toMatch(userPattern)
  },
)

it.each([
  ['b1', [{ address: 'b1' }]],
  ['ops@b1:2222', [{ address: 'b1', user: 'ops', port: 2222 }]],
  ['ssh://ops@b1:2222', [{ address: 'b1', user: 'ops', port: 2222 }]],
  ['[fd00::1]:2222', [{ address: 'fd00::1', port: 2222 }]],
  ['ops@corp@b1', [{ address: 'b1', user: 'ops@corp' }]],
  ['CORP\\ops@b1', [{ address: 'b1', user: 'CORP\\ops' }]],
  ['ops#web1#10.0.0.1@jump:2222', [{ address: 'jump', user: 'ops#web1#10.0.0.1', port: 2222 }]],
  [
    'a@b1, b@b2:22',
    [
      { address: 'b1', user: 'a' },
      { address: 'b2', user: 'b', port: 22 },
    ],
  ],
  ['', undefined],
  ['@b1', undefined],
  ['b1:', undefined],
  ['b1:0', undefined],
  ['b1:65536', undefined],
  ['b1,,b2', undefined],
  ['b1 b2', undefined],
])('a bastion %j', (text, expected) => {
  expect(parseJumps(text)).toEqual(expected)
})
