import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'

/**
 * Packages that the package manager takes for installed although their files are gone, cut short or altered: `package` sees
 * nothing wrong with them. They are installed again at the version they have, and their configuration stays. Those that
 * are not installed are left to `package`.
 */
export const verifyPackages = defineModule({
  name: 'verifyPackages',
  summary: 'Packages of which files are gone or altered, or whose installation was cut short, are installed again.',
  schema: z.strictObject({
    names: z
      .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.+_-]*(=.*)?$/, 'must be a package name, or NAME=VERSION'))
      .min(1)
      .describe('The packages; versions are passed over'),
  }),
  timeout: 1200,
  compile(args, context) {
    const names = [...new Set(args.names.map((name) => name.replace(/=.*/, '')))]
    const library = raw(context.render(`rebuild/packages-${context.facts.family}.sh`))
    const look = sh`
      broken=''
      for name in ${names}; do
        case $(package_state "$name") in
        '' | un | rc) continue ;;
        ii | hi) altered=$(package_altered "$name") || altered='' ;;
        *) altered='its installation was cut short' ;;
        esac
        [ -n "$altered" ] || continue
        say "$name is not whole: $(printf '%s' "$altered" | head -n 3 | tr '\\n' ' ')"
        broken="$broken $name"
      done`
    return {
      check: sh`
        ${library}
        ${raw(look)}
        [ -z "$broken" ]`,
      apply: sh`
        ${library}
        ledger_packages ${names}
        ${raw(look)}
        # shellcheck disable=SC2086 # a list of words
        reinstall_packages $broken`,
    }
  },
})
