import type { Attempt } from './connect.ts'
import { isHello, parseHello } from './identity.ts'
import type { Link } from './link.ts'
import { bootstrapError, lastWords, wrongPassword } from './session-refusal.ts'
import type { HostIdentity, Target } from './transport.ts'

/** What is waited for until the session greets, by what the host has shown of itself, and what to do where it does not come. */
const stages: ReadonlyMap<string, (name: string) => readonly [stage: string, hint: string]> = new Map(
  Object.entries({
    exec: (name) => [
      `the login shell of ${name} to run a command`,
      'does a start-up file of it (~/.bashrc) start another shell, or wait for input? Have it end for shells that are not interactive: case $- in *i*) ;; *) return ;; esac',
    ],
    shell: (name) => [
      `sudo on ${name}`,
      'try it there: sudo -k, then sudo true; does it wait for a directory service, for DNS, or for a second factor?',
    ],
    root: (name) => [`the session on ${name} to begin`, 'is the host very slow? A longer --timeout helps then'],
  }),
)

/** Waits for the host to introduce itself. Throws UnreachableError with why it does not. */
export async function introduction(link: Link, target: Target, attempt: Attempt): Promise<HostIdentity> {
  let asked = 0
  let waiting = stages.get('exec')?.(target.name) ?? ['', '']
  attempt.stage(...waiting)
  const tellWords = (): void => {
    const words = lastWords(link.said())
    if (words !== '') attempt.stage(`${waiting[0]}, which said: ${words}`, waiting[1])
  }
  attempt.signal.addEventListener('abort', tellWords, { once: true })
  try {
    for (;;) {
      const item = await link.inbox.next()
      if (item.kind === 'lost')
        throw bootstrapError({
          said: link.said(),
          hadPassword: (target.sudoPassword ?? '') !== '',
          exitCode: item.exitCode,
        })
      if (item.kind !== 'answer') continue
      const [word = ''] = item.words
      if (word === 'asks') asked += 1
      // It would wait for another one; and each that is wrong counts where accounts are locked.
      if (asked > 1) throw wrongPassword()
      const stage = stages.get(word)?.(target.name)
      if (stage !== undefined) {
        waiting = stage
        attempt.stage(...stage)
      }
      // What a login shell's start-up files print is passed over, whatever it looks like.
      if (isHello(item.words)) return parseHello(item.words, link.sentAt(), Date.now() / 1000)
    }
  } finally {
    attempt.signal.removeEventListener('abort', tellWords)
  }
}
