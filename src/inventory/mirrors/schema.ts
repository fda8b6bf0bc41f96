import { mirrorPresets, type OsArchive, osArchives, type PresetName } from '../../catalogue/mirrors.ts'
import { withHint } from '../../yaml/explain.ts'
import { z } from '../../zod.ts'
import * as field from '../fields.ts'
import { secret } from '../hosts/schema.ts'

const presetName = z.enum(Object.keys(mirrorPresets) as [PresetName, ...PresetName[]])

const url = field.baseUrl()
const urls = z.union([url.transform((one) => [one]), z.array(url).min(1)])
/** The publisher's own place has a name, so that it can stand in a list of mirrors. */
const place = field.baseUrl('official')
const places = z.union([place.transform((one) => [one]), z.array(place).min(1)])

const mirrorMap = z.strictObject({
  preset: z
    .union([presetName, z.array(presetName).min(1)])
    .optional()
    .describe('Preset, or several in order, that the settings beside it are laid over'),
  packages: z
    .strictObject({
      kubernetes: places
        .optional()
        .describe('Base in front of /core:/stable:/v1.36/deb/; or with {minor} in it, what is in front of /deb/'),
      docker: places.optional().describe('Base in front of /linux/debian'),
      helm: places.optional().describe('Base in front of /helm-v4.2.4-linux-amd64.tar.gz'),
      os: z
        .union([z.literal(true), z.partialRecord(z.enum(Object.keys(osArchives) as [OsArchive, ...OsArchive[]]), urls)])
        .optional()
        .describe(
          "The distributions' own packages: true for what the presets have, or archive to URL. Left alone without it",
        ),
    })
    .prefault({})
    .describe('Package repositories; of several URLs the first that answers, official for the publisher’s own'),
  registries: z
    .record(field.registryHost, urls)
    .default({})
    .describe('Registry to the URLs of its mirrors, asked in order before the registry itself'),
})

/** The `mirrors` section. */
export const mirrors = z
  .union([presetName, z.array(presetName).min(1), mirrorMap])
  .prefault({})
  .describe('Where packages and images come from: aliyun, tuna or ustc, several of them in order, or URLs of your own')

/** The `registries` section. */
export const registries = z
  .strictObject({
    private: z
      .array(
        z
          .strictObject({
            host: field.registryHost.describe('host or host:port'),
            insecure: z.boolean().default(false).describe('Plain HTTP, or a certificate nobody checks'),
            ca: field.path.optional().describe('PEM file with its certificate authority, relative to this file'),
            username: z
              .string()
              .regex(/^[^\s:"\\]+$/, withHint('is not a user name', 'write it without blanks, quotes and colons'))
              .optional()
              .describe('Login, where it wants one'),
            password: secret.optional().describe('Where the password of the login comes from'),
          })
          .refine((one) => (one.username === undefined) === (one.password === undefined), {
            message: withHint(
              'needs username and password, or neither',
              'write username: NAME and password: { file: PATH }',
            ),
          }),
      )
      .default([])
      .describe('Registries of your own'),
  })
  .prefault({})
  .describe('Image registries')
