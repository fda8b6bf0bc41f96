import { clean } from '../../views/style.ts'
import { z } from '../../zod.ts'
import type { EtcdStatus } from '../schema.ts'
import { isName, numberIn, readRecords } from './records.ts'

type Member = EtcdStatus['members'][number]

/** Member ids are 64 bits wide, more than a JSON number of ours holds: they are read as text. */
const id = z.string()
const statusJson = z.array(
  z.object({
    Status: z.object({
      header: z.object({ member_id: id }),
      version: z.string(),
      dbSize: z.number(),
      dbSizeInUse: z.number().optional(),
      dbSizeQuota: z.number().optional(),
      leader: id.optional(),
      isLearner: z.boolean().optional(),
      errors: z.array(z.string()).optional(),
    }),
  }),
)
const membersJson = z.object({
  members: z.array(z.object({ ID: id, name: z.string().optional(), clientURLs: z.array(z.string()).optional() })),
})
const alarmsJson = z.object({
  alarms: z.array(z.object({ memberID: id.optional(), alarm: z.union([z.string(), z.number()]) })).optional(),
})

type MemberReport = z.infer<typeof statusJson>[number]['Status']

/** etcd's own default, where the manifest gives none: 2 GiB. */
const DEFAULT_QUOTA = 2 * 1024 ** 3

/**
 * What the members say of themselves and of one another. `answers`: by control plane what control-plane.sh printed.
 * `controlPlanes`: all that are to have a member. Undefined where nobody could be asked, or etcd is not theirs.
 */
export function readEtcd(
  answers: ReadonlyMap<string, string>,
  controlPlanes: readonly string[],
): EtcdStatus | undefined {
  const asked = [...answers].map(([host, text]) => ({ host, records: readRecords(text) }))
  const own = asked.filter(({ records }) => records.has('etcd-status') || records.has('etcd-error'))
  if (own.length === 0) return undefined

  const reports = new Map<string, MemberReport>()
  const nameOf = new Map<string, string>()
  for (const { host, records } of own) {
    const status = parsed(statusJson, records.one('etcd-status'))?.[0]?.Status
    if (status !== undefined) nameOf.set(status.header.member_id, host)
    for (const each of [
      ...(parsed(statusJson, records.one('etcd-cluster')) ?? []),
      ...(status ? [{ Status: status }] : []),
    ])
      reports.set(each.Status.header.member_id, each.Status)
  }
  const listed = own.flatMap(({ records }) => parsed(membersJson, records.one('etcd-members'))?.members ?? [])
  for (const member of listed) if (member.name) nameOf.set(member.ID, member.name)
  const idOf = new Map([...nameOf].map(([key, name]) => [name, key]))
  const names = listed.length > 0 ? listed.map((each) => each.name || each.ID) : assumed(own, controlPlanes)

  const errors = new Map(own.map(({ host, records }) => [host, records.one('etcd-error')]))
  const quotas = own
    .map(({ records }) => numberIn(records.all('etcd-manifest')[0]?.[2]))
    .filter((each) => each !== undefined)
  const members = [...new Set(names)].filter(isName).map((name): Member => {
    const report = reports.get(idOf.get(name) ?? '')
    if (report !== undefined) return memberOf(name, report, quotas[0] ?? DEFAULT_QUOTA)
    const message = errors.get(name)
    const state = message !== undefined || listed.length > 0 ? 'down' : 'unknown'
    return { name: clean(name), state, leader: false, learner: false, ...(message ? { message } : {}) }
  })
  const voters = members.filter((each) => !each.learner)
  const healthy = voters.filter((each) => each.state === 'healthy').length
  const quorum = Math.floor(voters.length / 2) + 1
  const alarms = own.flatMap(({ records }) => parsed(alarmsJson, records.one('etcd-alarms'))?.alarms ?? [])
  return {
    members,
    healthy,
    quorum,
    // The list of members is read through the quorum: whoever got it has one, even where a member does not answer us.
    mayFail: listed.length > 0 ? Math.max(0, healthy - quorum) : healthy - quorum,
    alarms: [...new Set(alarms.map((each) => alarmName(each.alarm)))],
    membersAsked: listed.length > 0,
  }
}

function memberOf(name: string, report: MemberReport, quota: number): Member {
  const led = report.leader !== undefined && report.leader !== '0'
  return {
    name: clean(name),
    state: led ? 'healthy' : 'no-leader',
    leader: led && report.leader === report.header.member_id,
    learner: report.isLearner ?? false,
    version: clean(report.version),
    sizeBytes: report.dbSize,
    sizeInUseBytes: report.dbSizeInUse ?? report.dbSize,
    quotaBytes: report.dbSizeQuota || quota,
    ...(report.errors?.length ? { message: clean(report.errors.join('; ')) } : {}),
  }
}

/** Who the members must be, where none could be asked: those of the longest --initial-cluster, and the inventory's. */
function assumed(
  own: readonly { readonly records: ReturnType<typeof readRecords> }[],
  controlPlanes: readonly string[],
): string[] {
  const initial = own.flatMap(({ records }) => (records.all('etcd-manifest')[0]?.[1] ?? '').split(','))
  return [...initial.map((each) => each.split('=')[0] ?? '').filter((name) => name !== ''), ...controlPlanes]
}

function alarmName(alarm: string | number): string {
  const names: ReadonlyMap<string, string> = new Map(Object.entries({ 1: 'NOSPACE', 2: 'CORRUPT' }))
  return clean(names.get(String(alarm)) ?? String(alarm))
}

/** JSON of etcdctl; undefined where it is none, or not of this shape. */
function parsed<Value>(schema: z.ZodType<Value>, text: string | undefined): Value | undefined {
  if (text === undefined || text === '') return undefined
  try {
    return schema.safeParse(
      JSON.parse(text.replaceAll(/("(?:cluster_id|member_id|memberID|leader|ID)":)(\d+)/g, '$1"$2"')),
    ).data
  } catch {
    return undefined
  }
}
