import { hostname, userInfo } from 'node:os'

/** Who is at work, and from which machine: user@machine. */
export function operatorName(): string {
  return `${userInfo().username}@${hostname()}`
}
