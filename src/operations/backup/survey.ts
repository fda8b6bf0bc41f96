import type { Manifest } from '../../archive/manifest.ts'
import { noteSchema } from '../../archive/store.ts'
import { UserError } from '../../errors.ts'
import type { RunSummary } from '../../events/run-event.ts'
import type { Host, Inventory } from '../../inventory/inventory.ts'
import { z } from '../../zod.ts'
import type { GlobalOptions } from '../options.ts'
import { query } from '../query.ts'

/** What `etcdctl endpoint status` says of one member; ids are too large to be read as numbers, and are not. */
const member = z.object({
  revision: z.int(),
  leads: z.boolean(),
  learns: z.boolean(),
  /** Bytes. */
  dbSize: z.int(),
  errors: z.array(z.string()),
})

/** What one control plane has to say about backups. Its text is the host's, never trusted. */
export interface Surveyed {
  readonly host: string
  /** Undefined: no etcd answers there. `unknown`: there is one, and no tools to ask it with yet. */
  readonly etcd?: z.infer<typeof member> | 'unknown' | undefined
  /** Archives that its own timer made. */
  readonly archives: readonly {
    readonly name: string
    readonly size: number
    readonly manifest?: Manifest | undefined
  }[]
  /** How the timer's last run ended: `ok 2026-11-21T03:00:12Z`, `failed ...`. */
  readonly timer?: string | undefined
}

/** Asks all control planes that are up; changes and locks nothing. Throws UserError when none answers. */
export async function survey(inventory: Inventory, options: GlobalOptions): Promise<Surveyed[]> {
  const question = { inventory, playbook: 'backup/probe', hosts: controlPlanes(inventory) }
  const { outputs, summary } = await query(question, options)
  const answers = outputs.get('survey') ?? new Map<string, string>()
  if (answers.size === 0)
    throw new UserError(`no control plane responds\n${reasons(summary)}`, 'check that they are up: ssh to one of them')
  return controlPlanes(inventory).flatMap(({ name }) => {
    const text = answers.get(name)
    return text === undefined ? [] : [readSurvey(name, text)]
  })
}

export function controlPlanes(inventory: Inventory): Host[] {
  return inventory.hosts.filter((host) => host.role === 'control-plane' && host.state === 'up')
}

/** Makes sense of one host's answer; what is not in the form we asked for is passed over. Pure. */
export function readSurvey(host: string, text: string): Surveyed {
  const lines = text.split('\n').map((line): [string, string] => {
    const at = line.indexOf(' ')
    return at === -1 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]
  })
  const of = (kind: string) => lines.filter(([word]) => word === kind).map(([, rest]) => rest)
  const manifests = new Map(
    of('manifest').map((rest) => [
      rest.split(' ')[0],
      noteSchema.safeParse(parse(rest.slice(rest.indexOf(' ')))).data?.manifest,
    ]),
  )
  const status = of('etcd')[0]
  return {
    host,
    etcd: status === undefined ? undefined : status === '' ? 'unknown' : readMember(status),
    archives: of('archive').flatMap((rest) => {
      const [, size = '', name = ''] = /^(\d{1,15}) ([A-Za-z0-9][A-Za-z0-9.-]*\.tar\.age)$/.exec(rest) ?? []
      return name === '' ? [] : [{ name, size: Number(size), manifest: manifests.get(name) }]
    }),
    timer: of('timer')[0],
  }
}

/** The control plane to make an archive on: one that is not behind, and rather not the leader, who has enough to do. Pure. */
export function chooseMember(surveyed: readonly Surveyed[]): Surveyed | undefined {
  const known = surveyed.flatMap((each) => (typeof each.etcd === 'object' ? [{ each, etcd: each.etcd }] : []))
  const healthy = known.filter(({ etcd }) => !etcd.learns && !etcd.errors.some((error) => /CORRUPT/i.test(error)))
  const newest = Math.max(...healthy.map(({ etcd }) => etcd.revision))
  const current = healthy.filter(({ etcd }) => newest - etcd.revision < 1000)
  const chosen = current.find(({ etcd }) => !etcd.leads) ?? current[0]
  return chosen?.each ?? surveyed.find((each) => each.etcd === 'unknown')
}

function readMember(text: string): z.infer<typeof member> | undefined {
  const [first] = (parse(text.replace(/"(cluster_id|member_id|leader)":(\d+)/g, '"$1":"$2"')) ?? []) as {
    Status?: unknown
  }[]
  const status = first?.Status as Record<string, unknown> | undefined
  const header = status?.header as Record<string, unknown> | undefined
  return member.safeParse({
    revision: header?.revision,
    leads: status?.leader === header?.member_id,
    learns: status?.isLearner === true,
    dbSize: status?.dbSize,
    errors: status?.errors ?? [],
  }).data
}

function reasons(summary: RunSummary): string {
  return summary.hosts.map((host) => `${host.name}: ${host.error ?? host.outcome}`).join('\n')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
