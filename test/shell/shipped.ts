import { librariesOf } from '../../src/compile/compile.ts'
import { compiling } from '../../src/compile/load.ts'
import { compileTask } from '../../src/compile/plan.ts'
import type { HostFacts } from '../../src/host-facts.ts'
import { readInventory } from '../../src/inventory/load.ts'
import { clusterPlaybooks } from '../../src/operations/playbooks.ts'
import { loadPrelude } from '../../src/shell/load.ts'
import type { ProgramSpec } from '../../src/shell/program.ts'
import type { Place, TestTask } from './harness.ts'

const systems: Readonly<Record<'debian' | 'el', HostFacts>> = {
  debian: { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' },
  el: { family: 'el', id: 'rocky', version: '9.6', codename: '', arch: 'amd64' },
}

/**
 * A task of the playbooks that make a cluster, as w1 gets it, and what its program wants. What both name below /etc and
 * /var/lib is below the place's `host` instead.
 */
interface Shipped {
  readonly task: TestTask
  readonly options: Pick<ProgramSpec, 'prelude' | 'prefetch'>
}

/** What w1 gets, by sections and family: it is the same for every place. */
const plans = new Map<string, ReturnType<typeof planned>>()

function planned(sections: object, family: 'debian' | 'el') {
  const hosts = {
    cp1: { address: '10.0.0.11', role: 'control-plane' },
    w1: { address: '10.0.0.21', role: 'worker' },
  }
  const inventory = readInventory(JSON.stringify({ cluster: 'x', hosts, ...sections }), 'hosts.yaml')
  const host = inventory.hosts[1]
  if (host === undefined) throw new Error('there is a w1')
  const facts = systems[family]
  const how = compiling(inventory, clusterPlaybooks(inventory))
  return { how, host, facts, tasks: how.plan(host, facts).tasks }
}

const moved = /(?<=^|[\s"'=(:-])\/(etc|var\/lib)(?=[/}])/gm

/** The task of this title, where the inventory has these sections beside one control plane and w1. Throws where there is none. */
export function shippedTask(
  place: Place,
  title: string,
  sections: object = {},
  family: 'debian' | 'el' = 'debian',
): Shipped {
  const key = JSON.stringify([sections, family])
  const planOfCluster = plans.get(key) ?? planned(sections, family)
  plans.set(key, planOfCluster)
  const { how, host, facts, tasks } = planOfCluster
  const task = tasks.find((each) => each.title === title)
  if (task === undefined) throw new Error(`no task ${title} in:\n${tasks.map((each) => each.title).join('\n')}`)
  const values = {}
  const compiled = compileTask({ ...task, task: 't1' }, [], facts, {
    ...how.compileInput(host, facts, values),
    values,
    generate: () => '',
    clockOffset: 0,
    isSecret: () => false,
    absent: () => [],
  })
  const move = (text: string) => text.replace(moved, `${place.root}/host/$1`)
  const { check, apply, diff, output: _output, prefetch, ...rest } = compiled
  return {
    task: {
      ...rest,
      check: move(check),
      apply: move(apply),
      ...(diff === undefined ? {} : { diff: move(diff) }),
    },
    options: {
      prelude: move(loadPrelude(family, librariesOf([task]))),
      prefetch: prefetch && { ...prefetch, files: prefetch.files?.map(move) ?? [] },
    },
  }
}
