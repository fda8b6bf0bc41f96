import ipaddr from 'ipaddr.js'
import { withHint } from '../../yaml/explain.ts'
import { z } from '../../zod.ts'
import { isIP } from '../addresses.ts'
import { secret } from '../hosts/schema.ts'

const proxyUrl = z
  .string()
  .regex(
    /^https?:\/\/[^\s/@"'\\]+\/?$/,
    withHint(
      'must be a proxy',
      'write http://host:port (SOCKS is not supported); set a login in username and password',
    ),
  )
  .refine((text) => URL.canParse(text), withHint('is not a URL', 'correct its host and port'))
  .transform((text) => text.replace(/\/$/, ''))

/** The `proxy` section. */
export const proxy = z
  .strictObject({
    http: proxyUrl.describe('Proxy for http'),
    https: proxyUrl.optional().describe('Proxy for https. Default: the proxy for http'),
    no: z
      .array(
        z
          .string()
          .regex(
            /^\.?[A-Za-z0-9][A-Za-z0-9.:/-]*$/,
            withHint(
              'is not a host, domain or network',
              'write for example mirror.example.com, .example.com or 10.0.0.0/8',
            ),
          )
          .refine(
            (text) => !/^[\d./]+$|\//.test(text) || isIP(text) || ipaddr.isValidCIDR(text),
            withHint('is not an address or network', 'write for example 10.0.0.5 or 10.0.0.0/8'),
          ),
      )
      .default([])
      .describe('Hosts, .domains and networks that bypass the proxy, in addition to those of the inventory'),
    username: z
      .string()
      .regex(/^[^\s:]+$/, withHint('is not a user name', 'write it without blanks and colons'))
      .optional()
      .describe('Login at the proxy, if required'),
    password: secret.optional().describe('Source of the password'),
  })
  .refine((one) => (one.username === undefined) === (one.password === undefined), {
    message: withHint(
      'requires both username and password, or neither',
      'write username: NAME and password: { file: PATH }',
    ),
  })
  .describe('Proxy for connections of hosts to the outside')
