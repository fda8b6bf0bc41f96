import { withHint } from '../../yaml/explain.ts'
import { z } from '../../zod.ts'

/** What begins a label and a taint: a name, or one with a prefix. */
const qualified =
  '(?!.{254,}/)([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?'

/** Key of a label. */
export const labelKey = z
  .string()
  .regex(new RegExp(`^${qualified}$`), withHint('is not a label key', 'write name or prefix.example.com/name'))

/** Value of a label; may be empty. */
export const labelValue = z
  .string()
  .regex(
    /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/,
    withHint(
      'is not a label value',
      'use letters, digits, - _ and dots, at most 63, beginning and ending with a letter or digit',
    ),
  )

/** `key=value:Effect` or `key:Effect`. */
export const taint = z
  .string()
  .regex(
    new RegExp(
      `^${qualified}(=[A-Za-z0-9]?([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?:(NoSchedule|PreferNoSchedule|NoExecute)$`,
    ),
    withHint(
      'is not a taint',
      'write key=value:Effect or key:Effect with Effect NoSchedule, PreferNoSchedule or NoExecute',
    ),
  )

/** A Kubernetes quantity, not negative. */
export const quantity = z
  .string()
  .regex(
    /^\d+(\.\d+)?(m|[kMGTPE]|[KMGTPE]i)?$/,
    withHint('is not a quantity', 'write for example 200m, 1, 500Mi or 1Gi'),
  )

/** Threshold of an eviction signal: quantity or percentage. */
export const threshold = z
  .string()
  .regex(
    /^(\d+(\.\d+)?%|\d+(\.\d+)?(m|[kMGTPE]|[KMGTPE]i)?)$/,
    withHint('is not a threshold', 'write for example 200Mi or 10%'),
  )
  .refine(
    (text) => !text.endsWith('%') || Number.parseFloat(text) <= 100,
    withHint('is above 100%', 'write a percentage up to 100%'),
  )
