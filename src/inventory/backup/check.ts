import type { Problem } from '../../errors.ts'
import { type CheckContext, problemAt } from '../kubeconfig/check.ts'
import { recipientProblem } from './age-recipient.ts'

/** How archives are encrypted: for recipients that are some, or with a passphrase; and by a timer for recipients only. */
export function checkBackup(context: CheckContext): Problem[] {
  const { recipients, passphrase, schedule, keep } = context.inventory.backup
  const problems = recipients.flatMap((recipient, index) => {
    const wrong = recipientProblem(recipient)
    if (wrong === undefined) return []
    return [
      problemAt(
        context,
        ['backup', 'recipients', index],
        `a recipient ${wrong}`,
        'write age1..., as age-keygen prints it',
      ),
    ]
  })
  if (recipients.length > 0 && passphrase !== undefined) {
    const message = 'backup has both recipients and a passphrase; an archive uses only one of them'
    problems.push(problemAt(context, ['backup', 'passphrase'], message, 'remove one of them', 'key'))
  }
  if (schedule !== undefined && recipients.length === 0) {
    const message = 'backup.schedule requires recipients: a timer cannot ask for a passphrase'
    const hint = 'create a key with age-keygen, and add its public key to backup.recipients'
    problems.push(problemAt(context, ['backup', 'schedule'], message, hint, 'key'))
  }
  if (Object.values(keep).every((count) => count === 0)) {
    problems.push(problemAt(context, ['backup', 'keep'], 'backup.keep keeps no archives', 'keep some: last: 3'))
  }
  return problems
}
