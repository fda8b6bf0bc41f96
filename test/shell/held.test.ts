import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import type { ProgramEvent } from '../../src/events/event.ts'
import { placeTest as it, shells, textOf } from './harness.ts'

const told = (events: readonly ProgramEvent[]) => events.flatMap((event) => (event.kind === 'note' ? [event.text] : []))

/** systemd of a host whose kubelet starts at boot, runs, or is not there: files of its own in $W. */
const systemd = `
settled() { printf 'settled %s\\n' "$*" >>"$W/done"; }
systemctl() {
  [ "$1" != -q ] || shift
  case $1 in
  is-enabled) cat "$W/enabled"; return ;;
  disable) echo disabled >"$W/enabled" ;;
  enable) echo enabled >"$W/enabled" ;;
  esac
  printf '%s\\n' "$1" >>"$W/done"
}`

const hold = 'hold_unit kubelet.service'
const letGo = 'release_unit kubelet.service'

interface Case {
  readonly name: string
  /** What systemd says of it; undefined where it is not there. */
  readonly was?: string
  readonly deeds: readonly string[]
  readonly is?: string
  readonly held: boolean
}

const cases: readonly Case[] = [
  { name: 'is held', was: 'enabled', deeds: [hold], is: 'disabled', held: true },
  { name: 'is held twice, and is as it was', was: 'enabled', deeds: [hold, hold, letGo], is: 'enabled', held: false },
  { name: 'is as it was, disabled', was: 'disabled', deeds: [hold, letGo], is: 'disabled', held: false },
  { name: 'is let go though nobody held it', was: 'disabled', deeds: [letGo], is: 'disabled', held: false },
  { name: 'is not there', deeds: [hold], held: true },
  {
    name: 'was not there when it was held, and has come since',
    deeds: [hold, 'echo enabled >"$W/enabled"', hold],
    is: 'disabled',
    held: true,
  },
]

describe.concurrent.each(shells)('a unit under %s', (shell) => {
  it.for(cases)('that $name', async ({ was, deeds, is = 'nowhere', held }, { place }) => {
    const check = `${systemd}
${was === undefined ? ':' : `echo ${was} >"$W/enabled"`}
set -e
${deeds.join('\n')}
note "it is $(cat "$W/enabled" 2>/dev/null || echo nowhere)"
if unit_is_held kubelet.service; then note held; fi`
    const events = await place.program(shell, [{ check }]).run()
    expect(told(events), textOf(events, 'log', 't1')).toEqual([`it is ${is}`, ...(held ? ['held'] : [])])
  })

  // Else the note would be gone with the power, and the kubelet disabled for ever.
  it('is noted on disk before it is disabled, and enabled on disk before the note goes', async ({ place }) => {
    const check = `${systemd}
echo enabled >"$W/enabled"
rm() { case $2 in "$P_STATE"/held/*) echo forget >>"$W/done" ;; esac; }
${hold} && ${letGo}`
    await place.program(shell, [{ check }]).run()
    const state = `settled ${place.state}`
    const disk = 'settled /etc/systemd/system'
    const forgotten = [state, 'disable', disk, 'stop', 'enable', disk, 'forget']
    expect(readFileSync(join(place.work, 'done'), 'utf8').trim().split('\n')).toEqual(forgotten)
  })

  it('that is held is enabled enough, and not running', async ({ place }) => {
    const check = `${systemd}
echo enabled >"$W/enabled"
${hold}
unit() { R='loaded inactive disabled no'; }
unit_is kubelet.service yes - - && note 'is enabled'
unit_is kubelet.service yes yes - || note 'does not run'; return 0`
    const events = await place.program(shell, [{ check }]).run()
    expect(told(events)).toEqual(['is enabled', 'does not run'])
  })
})
