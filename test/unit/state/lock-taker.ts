// Takes the lock of a directory, says so, holds it until it is told to let go, or dies where it is.
import { lockRun } from '../../../src/state/lock.ts'

const [directory = '', who = '', then = ''] = process.argv.slice(2)
process.send?.('ready')
process.once('message', async () => {
  try {
    const unlock = await lockRun(directory, { who, run: who, since: 'now' })
    process.send?.('held')
    if (then === 'die') process.kill(process.pid, 'SIGKILL')
    await new Promise((resolve) => process.once('message', resolve))
    await unlock()
  } catch (error) {
    process.send?.((error as Error).name === 'LockedError' ? 'refused' : String(error))
  }
  process.disconnect()
})
