import { nearest } from '../../../yaml/suggest.ts'
import { isIP } from '../../addresses.ts'
import type { Mistake } from '../../hosts/explain-address.ts'
import type { FlagKind } from './component-flags.ts'
import { featureGates } from './feature-gates.ts'
import { isGoDuration } from './go-duration.ts'

/** What is wrong with the value of a flag; undefined where a program would take it. */
export function flagMistake(kind: FlagKind, value: string): Mistake | undefined {
  return forms[kind](value)
}

function matching(pattern: RegExp, message: string, hint: string) {
  return (value: string): Mistake | undefined => (pattern.test(value) ? undefined : [message, hint])
}

const forms: Readonly<Record<FlagKind, (value: string) => Mistake | undefined>> = {
  boolean: matching(/^(true|false)$/, 'must be true or false', 'write "true" or "false", in quotes'),
  integer: matching(/^-?\d+$/, 'must be a whole number', 'write it without a unit, such as "30"'),
  number: matching(/^-?\d+(\.\d+)?$/, 'must be a number', 'write it without a unit, such as "50"'),
  duration: (value) => {
    if (isGoDuration(value)) return undefined
    const days = /^(\d+)d$/.exec(value)?.[1]
    return [
      'is not a duration',
      days === undefined ? 'write for example 30s, 5m or 24h' : `write hours: ${Number(days) * 24}h`,
    ]
  },
  ip: (value) => (isIP(value) ? undefined : ['must be an IP address', 'write for example 0.0.0.0']),
  port: (value) =>
    /^\d{1,5}$/.test(value) && Number(value) <= 65535 ? undefined : ['is not a port', 'write a port up to 65535'],
  portRange: portRangeMistake,
  gates: gatesMistake,
  string: () => undefined,
}

function portRangeMistake(value: string): Mistake | undefined {
  const [, from, to] = /^(\d{1,5})-(\d{1,5})$/.exec(value) ?? []
  const ordered = from !== undefined && Number(from) >= 1 && Number(from) <= Number(to) && Number(to) <= 65535
  return ordered ? undefined : ['is not a range of ports', 'write the lower one first: 30000-32767']
}

/** `A=true,B=false`, of gates that there are; a component may stand before each: `kube:A=true`. */
function gatesMistake(value: string): Mistake | undefined {
  for (const part of value.split(',')) {
    const [, gate = '', on] = /^(?:kube:)?([A-Za-z0-9]+)=(true|false)$/.exec(part.trim()) ?? []
    if (on === undefined) return ['must be feature gates', 'write NAME=true,OTHER=false']
    const mistake = gateMistake(gate)
    if (mistake !== undefined) return mistake
  }
  return undefined
}

/** What is wrong with the name of a feature gate. */
export function gateMistake(gate: string): Mistake | undefined {
  if (featureGates.includes(gate)) return undefined
  const match = nearest(gate, featureGates)
  const hint = match === undefined ? 'remove it: the feature may be permanently enabled' : `did you mean ${match}?`
  return [`contains ${gate}, which is not a feature gate of the supported minors`, hint]
}
