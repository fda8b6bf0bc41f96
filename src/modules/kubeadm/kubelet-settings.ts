import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { absolutePath, fileMode, owner, plainMode, templateName } from '../fields.ts'
import { digestOf } from '../files/digest.ts'
import { wholeFile } from '../files/file.ts'
import { defineModule, type TaskBody } from '../module.ts'
import { type Given, machineSize, reservedNumbers } from '../nodes/machine-size.ts'

/** What sizes.sh fills in on the host. */
const bySize: Given = {
  system: { cpu: '@cpu@', memory: '@memory@' },
  kube: { cpu: '@cpu@', memory: '@memory@' },
  eviction: '@eviction@',
}
/** What every node was given before its size counted. */
const earlier: Given = {
  system: { cpu: '200m', memory: '500Mi' },
  kube: { cpu: '200m', memory: '500Mi' },
  eviction: '200Mi',
}

/** The template is rendered here but for the numbers that go by the machine's size: a machine may be given another one at any time. */
export const kubeletSettings = defineModule({
  name: 'kubeletSettings',
  summary: 'A drop-in of the kubelet’s configuration. What it reserves from pods depends on the machine’s size.',
  schema: z.strictObject({
    from: templateName.describe('The template; it gets `reserved` (system, kube, eviction) and `sized`'),
    to: absolutePath.describe('Where it goes on the host'),
    size: machineSize.describe('The role’s needs, and the numbers that the inventory gives'),
    mode: fileMode('0600'),
    owner,
    group: owner,
  }),
  compile({ from, to, size, ...access }, context): TaskBody {
    const before = context.render(from, { reserved: over(size.given, earlier), sized: false })
    if (!reservedNumbers(size.given).split(' ').includes('-')) {
      return wholeFile({ path: to, content: before, ...access }, context)
    }
    const content = context.render(from, { reserved: over(size.given, bySize), sized: true })
    const print = raw(`${context.id}_content`)
    const { memory, cpu } = size.needs
    const place = [to, plainMode(access.mode), access.owner, access.group]
    const numbers = reservedNumbers(over(size.given, earlier))
    return {
      content,
      prefetch: { files: [to] },
      check: sh`
        ! keeps_earlier ${memory} ${cpu} ${numbers} ${place} ${digestOf(before)} || exit 0
        ${print} | sized_file_is ${place}`,
      apply: sh`
        ledger_file ${to}
        ${print} | write_sized ${place} ${digestOf(content)}`,
      diff: sh`${print} | by_size ${to} | diff_file ${to} ${plainMode(access.mode)}`,
    }
  },
})

function over(given: Given, rest: Given): Given {
  const both = (one: Given['system'], other: Given['system']) => ({
    cpu: one.cpu ?? other.cpu,
    memory: one.memory ?? other.memory,
  })
  return {
    system: both(given.system, rest.system),
    kube: both(given.kube, rest.kube),
    eviction: given.eviction ?? rest.eviction,
  }
}
