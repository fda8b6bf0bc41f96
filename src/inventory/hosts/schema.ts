import { withHint } from '../../yaml/explain.ts'
import { z } from '../../zod.ts'
import * as field from '../fields.ts'
import { node } from './node.ts'
import { hostRuntime } from './runtime-schema.ts'

/** Where a secret comes from. */
export const secret = z
  .union([z.literal('prompt'), z.strictObject({ env: field.variable }), z.strictObject({ file: field.path })], {
    error: withHint(
      'must not stand in this file',
      'write prompt to be asked, { env: NAME } for an environment variable, or { file: PATH }',
    ),
  })
  .describe('prompt, { env: NAME } or { file: PATH }; never the secret itself')

/** A bastion with settings of its own. */
const bastion = z.strictObject({
  address: field.address.describe('IP address or name of the bastion, or its alias in ~/.ssh/config'),
  user: field.login.optional().describe('Login on it. Without it what ~/.ssh/config says, else your own user name'),
  port: field.port.optional().describe('Port of its sshd. Without it what ~/.ssh/config says, else 22'),
  identityFile: field.path
    .optional()
    .describe(
      'Private key for it. Without it what ~/.ssh/config says, else that of the hosts, the agent and the usual keys',
    ),
  password: secret.optional(),
})

/** The `ssh` section, of the cluster and of a host. */
export const ssh = z.strictObject({
  user: field.login
    .optional()
    .describe(
      'Login on the hosts: root, or someone who may use sudo. Without it what ~/.ssh/config says, else your own user name',
    ),
  port: field.port.optional().describe('Port of sshd. Without it what ~/.ssh/config says, else 22'),
  identityFile: field.path
    .optional()
    .describe(
      'Private key, or the public half of one that an agent holds; a certificate beside it (-cert.pub) counts. Without it the agent and the usual keys are tried',
    ),
  password: secret.optional(),
  sudoPassword: secret.optional(),
  jump: z
    .union([z.literal('none'), field.jump, bastion, z.array(z.union([field.jump, bastion])).min(1)])
    .optional()
    .describe(
      'Bastion as [user@]host[:port], several with commas between or as a list, the first of which is reached first; none on a host that needs no bastion',
    ),
  hostKeys: z
    .enum(['pin', 'strict'])
    .optional()
    .describe('pin records an unknown host key at first contact, strict refuses it. A changed key is always refused'),
})

/** Labels that the kubelet or provision give a node themselves, and would give it again. */
const givenLabels = /^(kubernetes\.io\/(hostname|os|arch)|beta\.kubernetes\.io\/(os|arch)|provision\/managed)$/

const ownLabelKey = field.labelKey.refine(
  (key) => !givenLabels.test(key),
  withHint('is a label that the node is given anyway', 'remove it'),
)

/** One of the `hosts`. */
export const host = z.strictObject({
  address: field.address.describe('IP address or name by which the host is reached'),
  node,
  connection: z
    .enum(['ssh', 'local'])
    .default('ssh')
    .describe(
      'local: the machine that provision runs on, reached without SSH; of its ssh settings only sudoPassword counts',
    ),
  role: z.enum(['control-plane', 'worker']).describe('control-plane or worker'),
  state: z.enum(['up', 'down']).default('up').describe('down: known to be off, left out of every run'),
  labels: z.record(ownLabelKey, field.labelValue).default({}).describe('Labels of the node'),
  taints: z
    .array(field.taint)
    .refine(
      (taints) => new Set(taints.map((taint) => taint.replace(/=[^:]*/, ''))).size === taints.length,
      withHint('has one key with one effect twice, which the API server refuses', 'keep one of them'),
    )
    .optional()
    .describe('Taints as key=value:Effect. Without it a control plane keeps pods off; [] lets it take pods'),
  ...hostRuntime,
  ssh: ssh.prefault({}).describe('Overrides the cluster-wide ssh settings, key by key'),
})
