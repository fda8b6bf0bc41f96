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
    .min(1, withHint('must list a recipient', 'add a public key, age1..., or remove the setting to use a passphrase'))
    .optional()
    .describe('Public keys of age (age1...) that archives are encrypted for. Each secret key opens them'),
  identity: field.path
    .optional()
    .describe('File with a secret key of age. Required to verify and restore archives, not to create them'),
  passphrase: secret.optional().describe('Source of the passphrase, instead of recipients. Default: a prompt'),
  keep: z
    .strictObject({
      last: kept('Number of newest archives').default(3),
      daily: kept('Number of days, with the newest archive of each').default(7),
      weekly: kept('Number of weeks, with the newest archive of each').default(4),
      monthly: kept('Number of months, with the newest archive of each').default(6),
    })
    .prefault({})
    .describe('Archives to keep after each backup. The newest verified archive is always kept'),
  schedule: field
    .without(calendarMistake)
    .optional()
    .describe(
      'Schedule of backups by the control planes, as in systemd.time(7): daily, *-*-* 03:00. Requires recipients',
    ),
  directory: field.path
    .optional()
    .describe('Directory of archives on this machine. Default: .provision/CLUSTER/backups'),
})
