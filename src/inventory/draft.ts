import { parse } from 'yaml'
import { address, dnsLabel, endpoint, nodeName } from './fields.ts'

/** What a first inventory is written from. */
export interface Draft {
  readonly cluster: string
  readonly user: string
  readonly controlPlanes: readonly Member[]
  readonly workers: readonly Member[]
  readonly endpoint?: string | undefined
  /** Whether sudo wants a password, to be asked for at every run. */
  readonly sudoPassword: boolean
  readonly mirrors?: string | undefined
}

export interface Member {
  readonly name: string
  readonly address: string
}

/** Hosts as `ADDRESS` or `NAME=ADDRESS`, with commas or blanks between; without a name they are numbered: w1, w2, … */
export function parseMembers(text: string, prefix: string): Member[] {
  return text
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map((word, index) => {
      const equals = word.indexOf('=')
      return equals === -1
        ? { name: `${prefix}${index + 1}`, address: word }
        : { name: word.slice(0, equals), address: word.slice(equals + 1) }
    })
}

/** What is wrong with an answer; undefined where nothing is. */
export const mistakes = {
  cluster: (text: string) => firstLine(dnsLabel.safeParse(text)),
  members: (members: readonly Member[]): string | undefined => {
    const wrong = members.flatMap((member) => {
      const [name, reach] = [firstLine(nodeName.safeParse(member.name)), firstLine(address.safeParse(member.address))]
      return [...(name ? [`${member.name} ${name}`] : []), ...(reach ? [`${member.address} ${reach}`] : [])]
    })
    const twice = members.find(
      (member, index) => members.findIndex((other) => other.address === member.address) < index,
    )
    if (wrong.length > 0) return wrong[0]
    return twice === undefined ? undefined : `${twice.address} is given twice`
  },
  endpoint: (text: string) => firstLine(endpoint.safeParse(text)),
} as const

function firstLine(result: { error?: { issues: readonly { message: string }[] } | undefined }): string | undefined {
  return result.error?.issues[0]?.message.replace('\n', '; ')
}

/** The text of a commented hosts.yaml. */
export function draftInventory(draft: Draft): string {
  const width = Math.max(...[...draft.controlPlanes, ...draft.workers].map((member) => scalar(member.name).length)) + 1
  const host = (role: string) => (member: Member) =>
    `  ${`${scalar(member.name)}:`.padEnd(width)} { address: ${scalar(member.address)}, role: ${role} }`
  return `# yaml-language-server: $schema=.provision/inventory.schema.json
# Desired state of the hosts. All settings: docs/reference/inventory.md
cluster: ${scalar(draft.cluster)} # also the name under .provision/ and in the kubeconfig

ssh:
  user: ${scalar(draft.user)}
  ${draft.sudoPassword ? '' : '# '}sudoPassword: prompt # or { env: NAME }, { file: PATH }; never the password itself
  # identityFile: ~/.ssh/id_ed25519
  # jump: ops@bastion.example.com

# Host names become node names.
hosts:
${[...draft.controlPlanes.map(host('control-plane')), ...draft.workers.map(host('worker'))].join('\n')}

kubernetes:
${draft.endpoint === undefined ? '  # endpoint: k8s.example.com:6443 # required with several control planes' : `  endpoint: ${scalar(draft.endpoint)} # common address of the control planes`}
  podSubnet: 10.244.0.0/16 # both must be unused in your network
  serviceSubnet: 10.96.0.0/12

# time: { zone: Asia/Shanghai }
${draft.mirrors === undefined ? '# mirrors: aliyun # or tuna, ustc, or your own URLs' : `mirrors: ${draft.mirrors}`}
`
}

/** Text that stays text: in quotes where YAML would read something else. */
function scalar(text: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9._-]*(:\d+)?$/.test(text) && parse(text) === text ? text : JSON.stringify(text)
}
