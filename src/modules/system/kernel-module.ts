import { lines, raw, type ShellText, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { absolutePath } from '../fields.ts'
import { digestOf } from '../files/digest.ts'
import { defineModule, type TaskBody } from '../module.ts'

/** What a kernel has only with that module: a module that is built in and has no parameters is not in /sys/module. */
const proofs: ReadonlyMap<string, string> = new Map(
  Object.entries({
    br_netfilter: '/proc/sys/net/bridge/bridge-nf-call-iptables',
    nf_conntrack: '/proc/sys/net/netfilter/nf_conntrack_max',
  }),
)

/** A kernel module, loaded (or built in) now and loaded again at boot. */
export const kernelModule = defineModule({
  name: 'kernelModule',
  summary: 'A kernel module: loaded, or built into the kernel, now and after the next boot.',
  schema: z.strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9_-]+$/, 'must be a module name')
      .describe('As modprobe takes it'),
    options: z
      .record(z.string().regex(/^[A-Za-z0-9_.]+$/), z.coerce.string().regex(/^[^\s"']*$/))
      .optional()
      .describe('Parameters; they hold from the next time the module is loaded'),
    proof: absolutePath.optional().describe('A path that exists only where the kernel has the module'),
  }),
  compile(args): TaskBody {
    const spelled = args.name.replaceAll('-', '_')
    const files = [{ path: `/etc/modules-load.d/provision-${args.name}.conf`, content: `${args.name}\n` }]
    if (args.options !== undefined) {
      const options = Object.entries(args.options).map(([key, value]) => `${key}=${value}`)
      files.push({
        path: `/etc/modprobe.d/provision-${args.name}.conf`,
        content: `options ${args.name} ${options.join(' ')}\n`,
      })
    }
    const loaded = sh`module_loaded ${args.name} ${spelled} ${args.proof ?? proofs.get(spelled) ?? ''}`
    return {
      prefetch: { files: files.map((file) => file.path) },
      check: sh`
        if ${raw(files.map((file) => sh`file_is ${file.path} 644 root root ${digestOf(file.content)}`).join(' && '))} && ${raw(loaded)}; then exit 0; fi
        module_is_wanted ${args.name} || exit 3
        exit 1`,
      apply: lines(
        ...files.map(write),
        sh`
        if ! ${raw(loaded)}; then
          ledger module ${args.name} loaded=no
          load_module ${args.name}
        fi`,
      ),
    }
  },
})

function write(file: { path: string; content: string }): ShellText {
  return sh`
    ledger_file ${file.path}
    put_text ${file.path} 644 root root ${file.content}`
}
