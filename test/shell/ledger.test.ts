import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { placeTest as it, outline, type Place, shells } from './harness.ts'

describe.concurrent.each(shells)('the ledger under %s', (shell) => {
  const file = (place: Place, name: string) => join(place.work, name)
  const entry = (place: Place, kind: string, key: string) =>
    join(place.state, 'ledger', kind, key.replaceAll('%', '%25').replaceAll('/', '%2F'))
  const meta = (place: Place, kind: string, key: string) =>
    Object.fromEntries(
      readFileSync(join(entry(place, kind, key), 'meta'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    )
  const apply = async (place: Place, text: string) => {
    const program = place.program(shell, [{ check: '[ -e "$W/.done" ]', apply: `${text}\ntouch "$W/.done"` }])
    return outline(await program.run())
  }

  it('keeps a file as it was: content, mode, owner', async ({ place }) => {
    writeFileSync(file(place, 'a'), 'before\n')
    chmodSync(file(place, 'a'), 0o4750)
    await apply(place, 'ledger_file "$W/a"; echo after >"$W/a"')
    expect(meta(place, 'file', file(place, 'a'))).toMatchObject({
      state: 'file',
      mode: '4750',
      uid: String(process.getuid?.()),
      kind: 'file',
      key: file(place, 'a'),
      seq: '1',
      run: 'run-1',
      task: 't1',
    })
    expect(readFileSync(join(entry(place, 'file', file(place, 'a')), 'content'), 'utf8')).toBe('before\n')
  })

  it('keeps that there was no file, and which directories were made for it', async ({ place }) => {
    await apply(place, 'ledger_file "$W/x/y/a"; mkdir -p "$W/x/y"; touch "$W/x/y/a"')
    expect(meta(place, 'file', file(place, 'x/y/a'))).toMatchObject({ state: 'absent', created: file(place, 'x') })
  })

  it('keeps links and directories', async ({ place }) => {
    symlinkSync('somewhere else', file(place, 'l'))
    mkdirSync(file(place, 'd'))
    chmodSync(file(place, 'd'), 0o711)
    await apply(place, 'ledger_file "$W/l"; ledger_file "$W/d"')
    expect(meta(place, 'file', file(place, 'l'))).toMatchObject({
      state: 'symlink',
      target: 'somewhere else',
      seq: '1',
    })
    expect(meta(place, 'file', file(place, 'd'))).toMatchObject({ state: 'directory', mode: '711', seq: '2' })
  })

  it('keeps what was there before the first change, not before the last', async ({ place }) => {
    writeFileSync(file(place, 'a'), 'first\n')
    await apply(place, 'ledger_file "$W/a"; echo second >"$W/a"; ledger_file "$W/a"; echo third >"$W/a"')
    const again = place.program(shell, [{ check: '[ -e "$W/b" ]', apply: 'ledger_file "$W/a"; touch "$W/b"' }])
    await again.run()
    expect(readFileSync(join(entry(place, 'file', file(place, 'a')), 'content'), 'utf8')).toBe('first\n')
    expect(meta(place, 'file', file(place, 'a')).run).toBe('run-1')
  })

  it('keeps settings of any kind in the order of first touch', async ({ place }) => {
    await apply(
      place,
      `
      ledger sysctl net/ipv4/ip_forward value=0
      ledger hostname system 'kernel=old name'
      ledger sysctl net/ipv4/ip_forward value=1
      ledger module br_netfilter loaded=no`,
    )
    expect(meta(place, 'sysctl', 'net/ipv4/ip_forward')).toMatchObject({
      seq: '1',
      value: '0',
      key: 'net/ipv4/ip_forward',
    })
    expect(meta(place, 'hostname', 'system')).toMatchObject({ seq: '2', kernel: 'old name' })
    expect(meta(place, 'module', 'br_netfilter')).toMatchObject({ seq: '3', loaded: 'no' })
  })

  it('goes on counting where the note of the last number is damaged', async ({ place }) => {
    await apply(
      place,
      `
      ledger module a loaded=no
      ledger module b loaded=no
      : >"$P_STATE/ledger/.seq"
      ledger module c loaded=no`,
    )
    expect(meta(place, 'module', 'c').seq).toBe('3')
    expect(readFileSync(join(place.state, 'ledger/.seq'), 'utf8')).toBe('3\n')
  })

  it('keeps names with slashes and percent signs apart', async ({ place }) => {
    writeFileSync(file(place, 'a%2Fb'), '1\n')
    mkdirSync(file(place, 'a'))
    writeFileSync(file(place, 'a/b'), '2\n')
    await apply(place, 'ledger_file "$W/a%2Fb"; ledger_file "$W/a/b"')
    expect(readFileSync(join(entry(place, 'file', file(place, 'a%2Fb')), 'content'), 'utf8')).toBe('1\n')
    expect(readFileSync(join(entry(place, 'file', file(place, 'a/b')), 'content'), 'utf8')).toBe('2\n')
  })

  it('has the entry whole before the change begins', async ({ place }) => {
    writeFileSync(file(place, 'a'), 'before\n')
    const program = place.program(shell, [
      { check: 'return 1', apply: 'ledger_file "$W/a"; kill -KILL $$; echo x >"$W/a"' },
    ])
    expect(outline(await program.run())).toEqual(['start t1', 'failed t1 apply 137', 'end failed'])
    expect(readFileSync(join(entry(place, 'file', file(place, 'a')), 'content'), 'utf8')).toBe('before\n')
    expect(meta(place, 'file', file(place, 'a'))).toMatchObject({ state: 'file', kind: 'file' })
  })

  it('forgets an entry that a crash left unfinished, and makes it anew', async ({ place }) => {
    writeFileSync(file(place, 'a'), 'before\n')
    mkdirSync(join(place.state, 'ledger/.new.77'), { recursive: true })
    writeFileSync(join(place.state, 'ledger/.new.77/content'), 'hal')
    await apply(place, 'ledger_file "$W/a"')
    expect(readdirSync(join(place.state, 'ledger')).sort()).toEqual(['.seq', 'file'])
    expect(readFileSync(join(entry(place, 'file', file(place, 'a')), 'content'), 'utf8')).toBe('before\n')
  })

  it('is for root only', async ({ place }) => {
    await apply(place, 'ledger_file "$W/a"')
    expect(statSync(place.state).mode & 0o77).toBe(0)
  })

  it('is not there after check mode', async ({ place }) => {
    await place.program(shell, [{ check: 'return 1', apply: 'ledger_file "$W/a"' }], { mode: 'check' }).run()
    expect(existsSync(place.state)).toBe(false)
  })
})
