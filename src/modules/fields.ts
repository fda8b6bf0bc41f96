import { z } from 'zod'

/** An absolute path that is one shell word, one `stat` line and no surprise. */
export const absolutePath = z
  .string()
  .regex(/^\/[^\n\\=]*$/, 'must be an absolute path without newline, backslash or =')
  .refine((path) => !path.split('/').includes('..'), 'must not contain ..')

/** An octal mode as a string: a bare 0644 is the number 420 in YAML. */
export function fileMode(fallback: string) {
  return z
    .string({ error: 'must be a quoted octal string such as "0644": YAML reads a bare 0644 as a number' })
    .regex(/^0?[0-7]{3,4}$/, 'must be an octal mode such as "0644"')
    .default(fallback)
}

/** A user or group by name. */
export const owner = z
  .string()
  .regex(/^[a-z_][a-z0-9_-]*$/, 'must be a user or group name')
  .default('root')

/** A full systemd unit name. */
export const unitName = z.string().regex(/^[A-Za-z0-9@_.:-]+\.(service|socket|timer|mount|swap|target)$/, 'must be a full unit name such as docker.service')
