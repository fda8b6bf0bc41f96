import { mirrorPresets, type OsArchive, osArchives, type PresetName } from '../../catalogue/mirrors.ts'
import { withHint } from '../../yaml/explain.ts'
import { z } from '../../zod.ts'
import * as field from '../fields.ts'
import { secret } from '../hosts/schema.ts'
import { baseUrl } from '../urls.ts'

const presetName = z.enum(Object.keys(mirrorPresets) as [PresetName, ...PresetName[]])

const url = baseUrl()
const urls = z.union([url.transform((one) => [one]), z.array(url).min(1)])
/** The publisher's own place has a name, so that it can stand in a list of mirrors. */
const place = baseUrl('official')
const places = z.union([place.transform((one) => [one]), z.array(place).min(1)])

const mirrorMap = z.strictObject({
  preset: z
    .union([presetName, z.array(presetName).min(1)])
    .optional()
    .describe('Preset, or several in order; the other settings here override it'),
  packages: z
    .strictObject({
      kubernetes: places
        .optional()
        .describe('Base URL before /core:/stable:/v1.36/deb/; with {minor}, the URL before /deb/'),
      docker: places.optional().describe('Base URL before /linux/debian'),
      helm: places.optional().describe('Base URL before /helm-v4.2.4-linux-amd64.tar.gz'),
      os: z
        .union([z.literal(true), z.partialRecord(z.enum(Object.keys(osArchives) as [OsArchive, ...OsArchive[]]), urls)])
        .optional()
        .describe(
          'Mirrors of distribution packages: true for those of the presets, or archive to URL. Default: unchanged',
        ),
    })
    .prefault({})
    .describe('Package repositories; the first URL that answers is used; official is the publisher’s'),
  registries: z
    .record(field.registryHost, urls)
    .default({})
    .describe('Registry to the URLs of its mirrors, tried in order before the registry'),
})

/** The `mirrors` section. */
export const mirrors = z
  .union([presetName, z.array(presetName).min(1), mirrorMap])
  .prefault({})
  .describe('Sources of packages and images: aliyun, tuna or ustc, several in order, or your own URLs')

/** The `registries` section. */
export const registries = z
  .strictObject({
    private: z
      .array(
        z
          .strictObject({
            host: field.registryHost.describe('host or host:port'),
            insecure: z.boolean().default(false).describe('Plain HTTP, or TLS without certificate checks'),
            ca: field.path.optional().describe('PEM file with its certificate authority, relative to this file'),
            username: z
              .string()
              .regex(/^[^\s:"\\]+$/, withHint('is not a user name', 'write it without blanks, quotes and colons'))
              .optional()
              .describe('Login, if required'),
            password: secret.optional().describe('Source of the password'),
          })
          .refine((one) => (one.username === undefined) === (one.password === undefined), {
            message: withHint(
              'requires both username and password, or neither',
              'write username: NAME and password: { file: PATH }',
            ),
          }),
      )
      .default([])
      .describe('Private registries'),
  })
  .prefault({})
  .describe('Image registries')
