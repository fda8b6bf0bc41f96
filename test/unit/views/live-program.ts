import { setTimeout } from 'node:timers/promises'
import { openReport } from '../../../src/views/report.ts'
import { events, mixedRun, START } from './scenario.ts'

// Shows a made-up run, one event after the other: to be run on a terminal. Arguments: output, and 'break' to end without a summary.
const [output, how] = process.argv.slice(2)
const report = openReport({ output: output as 'live', now: () => START + 75_000 })
for (const event of events(mixedRun)) {
  report.event(event)
  // Long enough for the view to look at the state and draw it.
  await setTimeout(event.kind === 'host-state' && event.state === 'waiting' ? 600 : 10)
}
if (how === 'break') await report.close()
else await report.finish()
