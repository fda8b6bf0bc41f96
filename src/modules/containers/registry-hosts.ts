import { lines, raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { digestOf } from '../files/digest.ts'
import { defineModule, type TaskBody } from '../module.ts'

const line = z.string().regex(/^([^\n]+\n)+$/, 'must be whole lines')

/**
 * What containerd asks for the images of one registry: `hosts.toml`, see
 * https://github.com/containerd/containerd/blob/main/docs/hosts.md. It is read at every pull; nothing is restarted for it.
 */
export const registryHosts = defineModule({
  name: 'registryHosts',
  summary:
    'The mirrors of an image registry, for containerd. Of several the first that gives an image in time is asked first; whichever that was stays.',
  schema: z.strictObject({
    registry: z
      .string()
      .regex(/^[A-Za-z0-9.:[\]-]+$/, 'must be host or host:port')
      .describe('The registry in names of images'),
    server: line.describe('Lines of the registry itself, which is asked last'),
    mirrors: z
      .array(
        z.strictObject({
          url: z.string().regex(/^https?:\/\/[^\s"\\]+$/, 'must be an http:// or https:// address'),
          settings: line.describe('Lines below its name'),
        }),
      )
      .describe('In the order in which they are to be asked'),
    probe: z
      .string()
      .regex(/^[a-z0-9.-]+\/[A-Za-z0-9._/:@-]+$/, 'must be a full reference')
      .optional()
      .describe('A small image by which mirrors are judged; without it, by whether they listen'),
  }),
  timeout: 600,
  compile(args, context): TaskBody {
    const path = pathOf(args.registry)
    const words = args.mirrors.flatMap((mirror) => [mirror.url, mirror.settings])
    const texts = textsOf(args)
    const secret = context.isSecret(texts[0] as string) || /^ *Authorization = /m.test(texts[0] as string)
    const mode = secret ? '600' : '644'
    const content = raw(`${context.id}_content`)
    return {
      content: texts[0],
      prefetch: { files: [path] },
      check: sh`file_is_one_of ${path} ${mode} ${texts.map(digestOf)}`,
      apply: sh`
        choose_registry ${args.registry} ${args.probe ?? ''} ${words}
        ledger_file ${path}
        (umask 077 && hosts_toml ${args.server} "$R" ${words} >"$P_RUN/hosts.toml.$P_TASK")
        write_file ${path} ${mode} root root <"$P_RUN/hosts.toml.$P_TASK"`,
      diff: secret ? undefined : sh`${content} | diff_file ${path} ${mode}`,
    }
  },
})

interface Hosts {
  readonly server: string
  readonly mirrors: readonly { readonly url: string; readonly settings: string }[]
}

/** What must not be lost is not written over: a hosts.toml of somebody else may have a CA, a login or a mirror of the site. */
export const foreignRegistries = defineModule({
  name: 'foreignRegistries',
  summary:
    'Fails, in a plan too, where a registry of the inventory has a hosts.toml for containerd that provision did not write.',
  schema: z.strictObject({
    hosts: z.array(registryHosts.schema).describe('Registries as registryHosts takes them'),
  }),
  compile({ hosts }): TaskBody {
    const paths = hosts.map((one) => pathOf(one.registry))
    return {
      prefetch: { files: paths },
      check: lines(
        sh`status=0`,
        ...hosts.map((one) => sh`registry_is_ours ${pathOf(one.registry)} ${textsOf(one).map(digestOf)} || status=3`),
        sh`exit "$status"`,
      ),
      apply: sh`:`,
    }
  },
})

function pathOf(registry: string): string {
  return `/etc/containerd/certs.d/${registry}/hosts.toml`
}

/** All that the file may be: one text for each mirror that may be the first. */
function textsOf(args: Hosts): string[] {
  return args.mirrors.length === 0 ? [args.server] : args.mirrors.map((_, index) => textOf(args, index))
}

/** The file with this mirror first and the others behind it, in a ring. What `hosts_toml` of the runtime prints. */
function textOf({ server, mirrors }: Hosts, first: number): string {
  const order = [...mirrors.slice(first), ...mirrors.slice(0, first)]
  return `${server}${order.map((mirror) => `\n[host."${mirror.url}"]\n${mirror.settings}`).join('')}`
}
