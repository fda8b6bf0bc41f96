import { z } from '../../zod.ts'
import { mebibytes, millicores } from '../quantity.ts'

const whole = z.int().min(0)
const quantity = z.string().optional()
const kept = z.strictObject({ cpu: quantity, memory: quantity })

/** What of a machine's size must fit its role; memory in MiB, CPU in thousandths. */
export const machineSize = z.strictObject({
  role: z.enum(['control-plane', 'worker']),
  /** What kubeadm demands of the machine; 0 where it does not, or where the inventory lets it pass. */
  least: z.strictObject({ memory: whole, cpus: whole }),
  /** What must be left for the pods without which it is no node of its role. */
  needs: z.strictObject({ memory: whole, cpu: whole }),
  /** What the inventory gives, as quantities; what it does not goes by the machine's size. */
  given: z.strictObject({ system: kept, kube: kept, eviction: quantity }),
})
export type MachineSize = z.output<typeof machineSize>
export type Given = MachineSize['given']

/** The five numbers that words of sizes.sh take; `-` where the machine's size decides. */
export function reservedNumbers({ system, kube, eviction }: Given): string {
  const memory = (text: string | undefined) => (text === undefined ? '-' : String(mebibytes(text)))
  const cpu = (text: string | undefined) => (text === undefined ? '-' : String(millicores(text)))
  const threshold = eviction?.endsWith('%') ? `${Math.ceil(Number(eviction.slice(0, -1)))}%` : memory(eviction)
  return [memory(system.memory), memory(kube.memory), threshold, cpu(system.cpu), cpu(kube.cpu)].join(' ')
}
