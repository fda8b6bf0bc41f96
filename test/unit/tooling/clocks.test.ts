import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test, vi } from 'vitest'
import { now } from '../../../src/events/now.ts'

const repository = resolve(import.meta.dirname, '../../..')

/** How often each file matches. */
function found(patterns: readonly string[], what: RegExp): Record<string, number> {
  const files = globSync(patterns, { cwd: repository }).sort()
  expect(files.length).toBeGreaterThan(20)
  return Object.fromEntries(
    files.flatMap((file) => {
      const count = readFileSync(resolve(repository, file), 'utf8').match(what)?.length ?? 0
      return count === 0 ? [] : [[file, count]]
    }),
  )
}

// A clock may be set while something is waited for: what is measured is measured by since_boot. These are points in time.
test('what runs on hosts measures nothing by the clock', () => {
  const places = [
    'src/{shell,modules,transport/session}/**/*.{sh,ts}',
    '{addons,networks,scripts,templates}/**/*.*',
    'playbooks/**/*.yaml',
  ]
  expect(found(places, /\bdate\b[^|;\n]*[+]['"]?%s|%\([^)]*%s[^)]*\)T|\$\{?EPOCH(SECONDS|REALTIME)/g)).toEqual({
    // Against the day on which a certificate ends.
    'playbooks/cluster/addons.yaml': 1,
    // When kubeadm was begun, for people.
    'src/modules/kubeadm/kubeadm.ts': 1,
    // Against the day on which a signing key ends; and when one was fetched, also before a reboot.
    'src/shell/library/packages/keys.sh': 2,
    // A reboot is noted for after it, when the time since boot has begun anew.
    'src/shell/runtime/marks.sh': 1,
    // How far the clock was set.
    'src/shell/runtime/prelude.sh': 1,
    // The host's time, to be compared with ours.
    'src/transport/session/hello.sh': 1,
    // Against the time of a file.
    'scripts/certificates/renew.sh': 1,
    // Revisions that grow from restore to restore.
    'scripts/restore/control-plane.sh': 1,
  })
})

// performance.now() measures; the time of an event is now() of src/events.
test('nothing here is measured by the clock', () => {
  expect(found(['{src,lab/src}/**/*.ts'], /Date\.now\(\)\s*[-+<>]|[-+<>]=?\s*Date\.now\(/g)).toEqual({})
  expect(found(['{src/run,src/state,lab/src}/**/*.ts'], /Date\.now\(/g)).toEqual({})
})

test('events are as far apart as time has passed, though the clock is set', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 0 })
  const before = now()
  vi.setSystemTime(8 * 3600_000)
  const after = now()
  vi.useRealTimers()
  expect(after - before).toBeLessThan(60_000)
  expect(Math.abs(after - Date.now())).toBeLessThan(60_000)
})

// Node ends such a wait with an AbortError of its own, and the reason why it was to end is lost: abortable() throws that.
test('no wait of Node’s is given a signal', () => {
  const wait =
    /\b(sleep|once|on|exec|execFile|spawn|fetch|readFile|pipeline)\([^;]{0,200},\s*\{[^{}();]*\bsignal\b[^{};]*\}\)/g
  expect('await sleep(pause * (1 + x()), undefined, { signal: attempt.signal })').toMatch(wait)
  expect(found(['{src,lab/src}/**/*.ts'], wait)).toEqual({})
})
