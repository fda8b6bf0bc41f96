import type { Attempt } from './connect.ts'
import { isHello, parseHello } from './identity.ts'
import type { Link } from './link.ts'
import { bootstrapError, lastWords, wrongPassword } from './session-refusal.ts'
import type { HostIdentity, Target } from './transport.ts'

/** What is waited for until the session greets, by what the host has shown of itself, and what to do where it does not come. */
const stages: ReadonlyMap<string, (name: string) => readonly [stage: string, hint: string]> = new Map(
  Object.entries({
    exec: (name) => [
      `the login shell on ${name}`,
      'check that no start-up file (~/.bashrc) starts another shell or waits for input; end it for non-interactive shells: case $- in *i*) ;; *) return ;; esac',
    ],
    shell: (name) => [
      `sudo on ${name}`,
      'run sudo -k, then sudo true there; check whether it waits for a directory service, DNS or a second factor',
    ],
    root: (name) => [`the session on ${name}`, 'set a longer --timeout if the host is very slow'],
  }),
)

/** Waits for the host to introduce itself. Throws UnreachableError with why it does not. */
export async function introduction(link: Link, target: Target, attempt: Attempt): Promise<HostIdentity> {
  let asked = 0
  let waiting = stages.get('exec')?.(target.name) ?? ['', '']
  attempt.stage(...waiting)
  const tellWords = (): void => {
    const words = lastWords(link.said())
    if (words !== '') attempt.stage(`${waiting[0]}; output: ${words}`, waiting[1])
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
