import { describe, expect } from 'vitest'
import { hintFor } from '../../src/views/hints.ts'
import { placeTest as it, outline, shells, textOf } from './harness.ts'

/** What systemd answers of a unit that it was told to start, and what of that the operator is told last. */
const cases = [
  {
    name: 'one that a condition keeps from being started',
    starts: 0,
    shows: ['ConditionResult=no', 'ActiveState=inactive'],
    status: [
      '○ chrony.service - chrony, an NTP client/server',
      '     Loaded: loaded (/usr/lib/systemd/system/chrony.service; enabled; preset: enabled)',
      '     Active: inactive (dead)',
      '  Condition: start condition unmet at Sun 2026-11-29 12:00:00 UTC; 5s ago',
      '             └─ ConditionCapability=CAP_SYS_TIME was not met',
    ],
    says: 'systemd does not start x.service on this host: ConditionCapability=CAP_SYS_TIME was not met',
    hint: 'systemd does not start the unit because of a condition in its file',
  },
  {
    name: 'one that two conditions keep from being started',
    starts: 0,
    shows: ['ActiveState=inactive', 'ConditionResult=no'],
    status: [
      '  Condition: start condition failed at Sun 2026-11-29 12:00:00 UTC; 5s ago',
      '             ├─ ConditionPathExists=/etc/x was not met',
      '             └─ ConditionVirtualization=!container was not met',
    ],
    says: 'systemd does not start x.service on this host: ConditionPathExists=/etc/x was not met ConditionVirtualization=!container was not met',
    hint: 'systemd does not start the unit because of a condition in its file',
  },
  {
    name: 'one that ends by itself',
    starts: 1,
    shows: ['ActiveState=failed', 'ConditionResult=yes'],
    status: ['× x.service', 'dockerd[4]: failed to start daemon: out of luck'],
    says: 'dockerd[4]: failed to start daemon: out of luck',
    hint: undefined,
  },
  {
    name: 'one that runs',
    starts: 0,
    shows: ['ActiveState=active', 'ConditionResult=yes'],
    status: [],
    says: undefined,
  },
  // Of a unit that runs already systemd remembers the last time.
  {
    name: 'a oneshot that has done its work',
    starts: 0,
    shows: ['ActiveState=inactive', 'ConditionResult=yes'],
    status: [],
    says: undefined,
  },
]

describe.concurrent.each(shells)('units under %s', (shell) => {
  it.for(cases)('$name', async ({ starts, shows, status, says, hint }, { place }) => {
    const print = (lines: readonly string[]) => lines.map((line) => `echo '${line}'`).join('\n') || ':'
    const program = place.program(shell, [
      {
        check: '[ -e "$W/done" ]',
        apply: `systemctl() {
          case "$*" in
          'start '*) return ${starts} ;;
          'show '*) ${print(shows)} ;;
          *status*) ${print(status)}; return 3 ;;
          esac
        }
        run_unit start x.service
        : >"$W/done"`,
      },
    ])
    const events = await program.run()
    expect(outline(events).at(-2)).toBe(says === undefined ? 'changed t1' : 'failed t1 apply 1')
    const log = textOf(events, 'log', 't1')
    expect(log.trim().split('\n').at(-1)?.trim()).toBe(says ?? '')
    if (hint !== undefined) expect(hintFor(log)).toContain(hint)
  })
})
