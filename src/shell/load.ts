import { readFileSync } from 'node:fs'

/** Part of every program, in this order; the package family's own part comes last. */
const common = [
  'prelude.sh',
  'library/watchdog.sh',
  'library/steps.sh',
  'library/marks.sh',
  'library/snapshots.sh',
  'library/files.sh',
  'library/ledger.sh',
  'library/settings.sh',
  'library/swap.sh',
  'library/services.sh',
  'library/blocks.sh',
  'library/network.sh',
  'library/images.sh',
  'library/corefile.sh',
  'library/packages.sh',
]

/** The shell runtime that programs of one package family are written in terms of. */
export function loadPrelude(family: 'debian' | 'el'): string {
  return [...common, `library/packages-${family}.sh`]
    .map((name) => readFileSync(new URL(name, import.meta.url), 'utf8').trimEnd())
    .join('\n\n')
}
