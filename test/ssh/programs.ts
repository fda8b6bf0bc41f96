import type { ProgramEvent } from '../../src/events/event.ts'
import type { SendableProgram, Session } from '../../src/transport/transport.ts'

let made = 0

/** A program in the protocol's terms only: `e KIND ARG...` writes a frame. */
export function program(body: string, over: Partial<SendableProgram> = {}): SendableProgram {
  made += 1
  return {
    id: `p${process.pid}-${made}`,
    nonce: 'nonce',
    text: `exec 3>&1\ne() { printf '@nonce %s\\n' "$*" >&3; }\n${body}\n`,
    ...over,
  }
}

/**
 * Begins, does `count` tasks with a pause after each, and ends. Adds a line to /run/ran when it begins. Before each
 * task of `held` it waits for the file /run/go-on-TASK.
 */
export function counting(count: number, pause: number, held: readonly number[] = []): SendableProgram {
  return program(
    `echo ran >>/run/ran
e begin ${count}
i=0
while [ "$i" -lt ${count} ]; do
  i=$((i + 1))
  case " ${held.join(' ')} " in *" $i "*) until [ -e /run/go-on-$i ]; do sleep 0.1; done ;; esac
  [ ! -e "\${0%/*}/stop" ] || { e end stopped; exit; }
  e ok "t$i"
  sleep ${pause}
done
e end done`,
  )
}

/** What the program of {@link counting} must report, no event missing and none twice. */
export function counted(count: number): ProgramEvent[] {
  return [
    { kind: 'begin', tasks: count },
    ...Array.from({ length: count }, (_, index) => ({ kind: 'ok' as const, task: `t${index + 1}` })),
    { kind: 'end', result: 'done' },
  ]
}

/** Runs to the end; `onEvent` is called for each event as it comes. */
export async function collect(
  session: Session,
  sent: SendableProgram,
  onEvent: (event: ProgramEvent, index: number) => void = () => {},
): Promise<ProgramEvent[]> {
  const events: ProgramEvent[] = []
  for await (const event of session.run(sent)) {
    onEvent(event, events.length)
    events.push(event)
  }
  return events
}
