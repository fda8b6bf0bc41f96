import { withHint } from '../../../yaml/explain.ts'
import { z } from '../../../zod.ts'

/** Complete but for memory.available, which goes by the size of each machine. */
export const evictionDefaults: Readonly<Record<string, string>> = {
  'nodefs.available': '10%',
  'nodefs.inodesFree': '5%',
  'imagefs.available': '15%',
}

const signals = [
  'memory.available',
  ...Object.keys(evictionDefaults),
  'imagefs.inodesFree',
  'containerfs.available',
  'containerfs.inodesFree',
  'pid.available',
]

/** What of a node may run out, as the kubelet calls it. */
export const evictionSignal = z.enum(signals, {
  error: withHint('is not an eviction signal', `known: ${signals.join(', ')}`),
})
