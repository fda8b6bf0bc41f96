import { CommanderError } from 'commander'
import { expect, test } from 'vitest'
import { type Refusal, refusalLine, refusalOf } from '../../../src/cli/refuse.ts'
import { LockedError, MistakenHosts, UserError } from '../../../src/errors.ts'
import { runEventSchema } from '../../../src/events/run-event.ts'

const source = { file: 'hosts.yaml', line: 3, column: 5 }
const two = new UserError([{ message: 'no such role', source, hint: 'did you mean worker?' }, { message: 'no hosts' }])
const fault = new TypeError('x is not a function')

const cases: { name: string; error: unknown; verbose?: boolean; refusal: Partial<Refusal> }[] = [
  {
    name: 'wrong input, all of it',
    error: two,
    refusal: {
      exitCode: 2,
      problems: two.problems,
      text: 'hosts.yaml:3:5: no such role\n  hint: did you mean worker?\nno hosts\n2 problems; no host was contacted',
    },
  },
  {
    name: 'hosts that are not what the inventory says',
    error: new MistakenHosts([{ message: 'w1 is w2' }, { message: 'w3 is w4' }]),
    refusal: { exitCode: 2, text: 'w1 is w2\nw3 is w4\n2 problems; no host was changed' },
  },
  {
    name: 'somebody else is at it',
    error: new LockedError('ops@desk has been provisioning since 10:00'),
    refusal: { exitCode: 4, text: 'ops@desk has been provisioning since 10:00' },
  },
  {
    name: 'a wrong command line',
    error: new CommanderError(1, 'commander.unknownOption', "error: unknown option '--x'"),
    refusal: { exitCode: 2, text: "unknown option '--x'\n  hint: run provision --help" },
  },
  {
    name: 'help that was asked for',
    error: new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)'),
    refusal: { exitCode: 0, problems: [], text: '' },
  },
  {
    name: 'a fault of ours',
    error: fault,
    refusal: {
      exitCode: 1,
      text: 'x is not a function\n  hint: internal error; rerun with --verbose and report the stack trace',
    },
  },
  {
    name: 'a fault of ours, with where it is',
    error: fault,
    verbose: true,
    refusal: { exitCode: 1, text: fault.stack },
  },
  {
    name: 'something thrown that is no error',
    error: 'gone',
    refusal: { exitCode: 1, problems: [expect.objectContaining({ message: 'gone' })] },
  },
]

test.each(cases)('$name', ({ error, verbose = false, refusal }) => {
  const told = refusalOf(error, verbose)
  expect(told).toMatchObject(refusal)
  const line = JSON.parse(refusalLine(told, 1_700_000_000_000))
  expect(runEventSchema.parse(line)).toEqual(line)
})
