import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'

type Task = Readonly<Record<string, unknown>>

const directory = resolve(import.meta.dirname, '../../../playbooks')
const tasks = globSync('**/*.yaml', { cwd: directory })
  .sort()
  .flatMap((file) => {
    const { phases } = parse(readFileSync(resolve(directory, file), 'utf8')) as { phases: { tasks: Task[] }[] }
    return phases.flatMap((phase) => phase.tasks.map((task) => [`${file}: ${task.name}`, task] as const))
  })

const fetching = [
  'download',
  'image',
  'osMirrors',
  'package',
  'registryHosts',
  'repository',
  'unpack',
  'verifyPackages',
]

function downloads(task: Task): boolean {
  const [word] = fetching.filter((each) => Object.hasOwn(task, each))
  const args = (word === undefined ? task.command : task[word]) as { absent?: boolean; run?: string } | undefined
  if (word !== undefined) return args?.absent !== true
  return /\bfetch |install_/.test(args?.run ?? '')
}

it.each(tasks.filter(([, task]) => downloads(task)))('%s takes as long as the inventory allows', (_name, task) => {
  expect(task.timeout).toBe('${cluster.timeouts.download}')
})

const waiting = tasks.flatMap(([name, task]) =>
  ['verify', 'verifyNodes', 'verifyAddon'].flatMap((word) =>
    Object.hasOwn(task, word) ? [[name, task[word] as Task] as const] : [],
  ),
)

it.each(waiting)('%s waits as long as the inventory allows', (_name, args) => {
  expect(args.within).toBe('${cluster.timeouts.ready}')
})

it('there are such tasks', () => {
  expect(tasks.filter(([, task]) => downloads(task)).length).toBeGreaterThan(14)
  expect(waiting.length).toBe(3)
})
