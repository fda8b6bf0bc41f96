import ipaddr from 'ipaddr.js'
import { withHint } from '../../yaml/explain.ts'
import { z } from '../../zod.ts'
import { isIP } from '../addresses.ts'
import { secret } from '../hosts/schema.ts'

const proxyUrl = z
  .string()
  .regex(
    /^https?:\/\/[^\s/@"'\\]+\/?$/,
    withHint('must be a proxy', 'write http://host:port, no SOCKS; a login goes into username and password beside it'),
  )
  .refine((text) => URL.canParse(text), withHint('is not a URL', 'look at its host and port'))
  .transform((text) => text.replace(/\/$/, ''))

/** The `proxy` section. */
export const proxy = z
  .strictObject({
    http: proxyUrl.describe('Proxy for http'),
    https: proxyUrl.optional().describe('Proxy for https; that for http without it'),
    no: z
      .array(
        z
          .string()
          .regex(
            /^\.?[A-Za-z0-9][A-Za-z0-9.:/-]*$/,
            withHint(
              'is no host, domain or network',
              'write for example mirror.example.com, .example.com or 10.0.0.0/8',
            ),
          )
          .refine(
            (text) => !/^[\d./]+$|\//.test(text) || isIP(text) || ipaddr.isValidCIDR(text),
            withHint('is no address and no network', 'write for example 10.0.0.5 or 10.0.0.0/8'),
          ),
      )
      .default([])
      .describe('Hosts, .domains and networks that are reached directly, beside those that the inventory tells'),
    username: z
      .string()
      .regex(/^[^\s:]+$/, withHint('is not a user name', 'write it without blanks and colons'))
      .optional()
      .describe('Login at the proxy, where it wants one'),
    password: secret.optional().describe('Where the password of the login comes from'),
  })
  .refine((one) => (one.username === undefined) === (one.password === undefined), {
    message: withHint('needs username and password, or neither', 'write username: NAME and password: { file: PATH }'),
  })
  .describe('By which proxy hosts reach what is outside')
