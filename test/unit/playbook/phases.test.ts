import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { withHooks } from '../../../src/playbook/hooks.ts'
import { loadPlaybooks } from '../../../src/playbook/load.ts'
import { onlyPhases, restrictTo, withPhase } from '../../../src/playbook/restrict.ts'

const shipped = globSync('playbooks/**/*.yaml')
const [remove] = loadPlaybooks(['playbooks/nodes/remove.yaml'])

it.each(shipped)('%s names its phases by ids of their own', (file) => {
  const { phases } = parse(readFileSync(file, 'utf8')) as { phases: { id?: string }[] }
  expect(phases.filter((phase) => phase.id === undefined)).toEqual([])
})

it.each(shipped)('%s has titles that name the desired state in at most five words', (file) => {
  const { phases } = parse(readFileSync(file, 'utf8')) as { phases: { name: string; tasks: { name?: string }[] }[] }
  const titles = phases.flatMap((phase) => [phase.name, ...phase.tasks.map((task) => task.name ?? '')])
  const poor = /^$|(\S+\s+){5}\S|^(the|this|what|which|who|whom|whether|how|it|its|they)\b/i
  expect(titles.filter((title) => poor.test(title))).toEqual([])
})

// A mark of an owed restart outlives the program, and the release whose program made it. One of several items keeps its own.
it.each(shipped)('%s gives tasks that a mark outlives an id, since titles may change', (file) => {
  const { phases } = parse(readFileSync(file, 'utf8')) as { phases: { tasks: Record<string, unknown>[] }[] }
  const marked = phases
    .flatMap((phase) => phase.tasks)
    .filter((task) => task.forEach === undefined && (task.restartAfter !== undefined || task.reboot !== undefined))
  expect(marked.filter((task) => task.id === undefined).map((task) => task.name)).toEqual([])
})

it('phases are selected by id, in the order of the playbook', () => {
  const [some] = onlyPhases([remove!], ['delete-nodes', 'drain'])
  expect(some?.phases.map((phase) => phase.id)).toEqual(['drain', 'delete-nodes'])
})

it('an id that no phase has is a fault, whoever selects by it', () => {
  expect(() => onlyPhases([remove!], ['drain', 'forget'])).toThrow('no phase has the id forget')
  expect(() => restrictTo(['w1'], [remove!], ['forget'])).toThrow('no phase has the id forget')
  expect(() => withPhase(remove!, 'forget', () => [])).toThrow('no phase has the id forget')
})

it('hooks name a phase by its id or by its name', () => {
  const source = { file: 'hosts.yaml', line: 1, column: 1 }
  const [playbook] = loadPlaybooks(['playbooks/cluster/kubernetes.yaml'])
  const run = 'playbooks/cluster/completions.yaml'
  const placed = (phase: string) =>
    withHooks([playbook!], [{ when: 'before', phase, run, source }], (file) => loadPlaybooks([file]))
      .flatMap((one) => one.phases.map((each) => each.id))
      .indexOf('completions')
  expect(placed('join-control-planes')).toBe(placed('join control planes'))
  expect(placed('join-control-planes')).toBeGreaterThan(0)
})
