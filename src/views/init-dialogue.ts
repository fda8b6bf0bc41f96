import { cancel, intro, isCancel, outro, select, text } from '@clack/prompts'
import { type Draft, mistakes, parseMembers } from '../inventory/draft.ts'

/** Thrown when the operator leaves the dialogue. */
export class DialogueLeft extends Error {}

/** Asks what a first inventory must say; what is known already is not asked. Needs a terminal. */
export async function askDraft(known: Partial<Draft>, defaultUser: string): Promise<Draft> {
  intro('New inventory')
  const cluster = known.cluster ?? (await askCluster())
  const controlPlanes = known.controlPlanes ?? parseMembers(await askHosts('control planes', '10.0.0.11', true), 'cp')
  const draft: Draft = {
    cluster,
    controlPlanes,
    endpoint: known.endpoint ?? (controlPlanes.length > 1 ? await askEndpoint() : undefined),
    workers: known.workers ?? parseMembers(await askHosts('workers', '10.0.0.21, 10.0.0.22', false), 'w'),
    user: known.user ?? (await answer(text({ message: 'Login on the hosts', initialValue: defaultUser }))),
    sudoPassword: known.sudoPassword ?? (await askSudo()),
    mirrors: known.mirrors ?? (await askMirrors()),
  }
  outro('Done.')
  return draft
}

async function askCluster(): Promise<string> {
  const message = 'Name of the cluster'
  return answer(text({ message, initialValue: 'main', validate: (value) => mistakes.cluster(value ?? '') }))
}

async function askHosts(what: string, placeholder: string, needed: boolean): Promise<string> {
  return answer(
    text({
      message: `Addresses of the ${what}${needed ? '' : ' (leave empty for none)'}`,
      placeholder: `${placeholder}, or NAME=ADDRESS`,
      defaultValue: '',
      validate: (value = '') => {
        const members = parseMembers(value, 'x')
        return needed && members.length === 0 ? 'enter at least one' : mistakes.members(members)
      },
    }),
  )
}

async function askEndpoint(): Promise<string> {
  const message = 'Address of the control planes: load balancer or virtual IP, as host:port'
  const placeholder = 'k8s.example.com:6443'
  return answer(text({ message, placeholder, validate: (value) => mistakes.endpoint(value ?? '') }))
}

async function askSudo(): Promise<boolean> {
  const options = [
    { value: false, label: 'none', hint: 'root, or sudo without a password' },
    { value: true, label: 'ask for it at every run' },
  ]
  return answer(select({ message: 'Password for sudo', options }))
}

async function askMirrors(): Promise<string | undefined> {
  const options = [
    { value: '', label: 'the official sources' },
    { value: 'aliyun', label: 'Aliyun', hint: 'in mainland China' },
    { value: 'tuna', label: 'TUNA', hint: 'in mainland China' },
    { value: 'ustc', label: 'USTC', hint: 'in mainland China' },
  ]
  return (await answer(select({ message: 'Packages and images from', options }))) || undefined
}

async function answer<Value>(question: Promise<Value>): Promise<Exclude<Value, symbol>> {
  const given = await question
  if (!isCancel(given)) return given as Exclude<Value, symbol>
  cancel('No file was written.')
  throw new DialogueLeft()
}
