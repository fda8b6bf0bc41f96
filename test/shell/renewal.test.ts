import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { placeTest as it, outline, shells } from './harness.ts'

const library = readFileSync(new URL('../../scripts/certificates/renew.sh', import.meta.url), 'utf8')
/** A certificate is as good as it is not empty, and fits a key of the same content. */
const openssl = `openssl() {
  case "$*" in
  *-pubkey* | *-pubout*) cat "$3" ;;
  *) [ -s "$3" ] ;;
  esac
}`

describe.concurrent.each(shells)('a renewal that was cut off, under %s', (shell) => {
  it.for([
    { name: 'of this cluster', ca: 'ca', ended: 'status 0', now: 'before' },
    { name: 'of an earlier cluster', ca: 'other', ended: 'status 1', now: '' },
  ])('$name', async ({ ca, ended, now }, { place }) => {
    for (const directory of [join(place.work, 'pki'), join(place.state, 'certificates.before/pki')]) {
      mkdirSync(directory, { recursive: true })
      for (const end of ['crt', 'key']) {
        const isNow = directory.startsWith(place.work)
        writeFileSync(join(directory, `ca.${end}`), isNow ? 'ca' : ca)
        writeFileSync(join(directory, `apiserver.${end}`), isNow ? '' : 'before')
      }
    }
    const check = `${library.replaceAll('/etc/kubernetes', place.work)}
${openssl}
put_copy() { cp "$1" "$2"; }
status=0
mend || status=$?
note "status $status"
return 3`
    expect(outline(await place.program(shell, [{ check }]).run())).toContain(`note ${ended}`)
    expect(readFileSync(join(place.work, 'pki/apiserver.crt'), 'utf8')).toBe(now)
    expect(readFileSync(join(place.work, 'pki/ca.crt'), 'utf8')).toBe('ca')
    // Keys of another cluster are nobody's but the operator's to delete.
    const kept = globSync('{certificates.before,saved/certificates-*}/pki/ca.key', { cwd: place.state })
    expect(kept).toEqual([expect.stringMatching(ca === 'ca' ? /^certificates[.]before/ : /^saved/)])
  })
})
