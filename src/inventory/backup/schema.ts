import { withHint } from '../../yaml/explain.ts'
import { z } from '../../zod.ts'
import * as field from '../fields.ts'
import { secret } from '../hosts/schema.ts'
import { calendarMistake } from './calendar.ts'

const kept = (what: string) => z.int().min(0).max(1000).describe(what)

/** The `backup` section. */
export const backup = z.strictObject({
  recipients: z
    .array(field.path)
    .min(1, withHint('must name a recipient', 'add a public key, age1..., or remove it to be asked for a passphrase'))
    .optional()
    .describe('Public keys of age (age1...) that archives are encrypted for; each alone opens them'),
  identity: field.path
    .optional()
    .describe('File with a secret key of age, which opens archives; needed to verify and restore, not to make them'),
  passphrase: secret
    .optional()
    .describe('Where the passphrase comes from, instead of recipients; asked for when there is neither'),
  keep: z
    .strictObject({
      last: kept('The newest so many').default(3),
      daily: kept('The newest of each of so many days').default(7),
      weekly: kept('The newest of each of so many weeks').default(4),
      monthly: kept('The newest of each of so many months').default(6),
    })
    .prefault({})
    .describe('Which archives are kept when a new one is made; the newest that was verified always is'),
  schedule: field
    .without(calendarMistake)
    .optional()
    .describe(
      'When control planes make archives by themselves, as systemd.time(7) writes it: daily, *-*-* 03:00; needs recipients',
    ),
  directory: field.path
    .optional()
    .describe('Where archives are kept on this machine; .provision/CLUSTER/backups without it'),
})
