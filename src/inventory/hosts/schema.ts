import { withHint } from '../../yaml/explain.ts'
import { z } from '../../zod.ts'
import * as field from '../fields.ts'
import * as kubernetesField from '../kubernetes/fields.ts'
import { node } from './node.ts'
import { hostRuntime } from './runtime-schema.ts'

/** Where a secret comes from. */
export const secret = z
  .union([z.literal('prompt'), z.strictObject({ env: field.variable }), z.strictObject({ file: field.path })], {
    error: withHint(
      'must not be in this file',
      'write prompt to enter it, { env: NAME } for an environment variable, or { file: PATH }',
    ),
  })
  .describe('prompt, { env: NAME } or { file: PATH }; never the secret itself')

/** A bastion with settings of its own. */
const bastion = z.strictObject({
  address: field.address.describe('IP address or name of the bastion, or its alias in ~/.ssh/config'),
  user: field.login.optional().describe('Login on the bastion. Default: from ~/.ssh/config, else your user name'),
  port: field.port.optional().describe('Port of its sshd. Default: from ~/.ssh/config, else 22'),
  identityFile: field.path
    .optional()
    .describe(
      'Private key for the bastion. Default: from ~/.ssh/config, else the key of the hosts, the agent and the usual keys',
    ),
  password: secret.optional(),
})

/** The `ssh` section, of the cluster and of a host. */
export const ssh = z.strictObject({
  user: field.login
    .optional()
    .describe('Login on the hosts: root, or a user with sudo. Default: from ~/.ssh/config, else your user name'),
  port: field.port.optional().describe('Port of sshd. Default: from ~/.ssh/config, else 22'),
  identityFile: field.path
    .optional()
    .describe(
      'Private key, or the public key of one in an agent. A certificate beside it (-cert.pub) is used. Default: the agent and the usual keys',
    ),
  password: secret.optional(),
  sudoPassword: secret.optional(),
  jump: z
    .union([z.literal('none'), field.jump, bastion, z.array(z.union([field.jump, bastion])).min(1)])
    .optional()
    .describe(
      'Bastion as [user@]host[:port]; several as a list or comma-separated, in the order of connections. none: no bastion',
    ),
  hostKeys: z
    .enum(['pin', 'strict'])
    .optional()
    .describe('pin: store an unknown host key at first contact; strict: reject it. A changed key is always rejected'),
})

/** Labels that the kubelet or provision give a node themselves, and would give it again. */
const givenLabels = /^(kubernetes\.io\/(hostname|os|arch)|beta\.kubernetes\.io\/(os|arch)|provision\/managed)$/

const ownLabelKey = kubernetesField.labelKey.refine(
  (key) => !givenLabels.test(key),
  withHint('is a label that provision sets itself', 'remove it'),
)

/** One of the `hosts`. */
export const host = z.strictObject({
  address: field.address.describe('IP address or name that provision connects to'),
  node,
  connection: z
    .enum(['ssh', 'local'])
    .default('ssh')
    .describe('local: the machine that provision runs on, without SSH. Of its ssh settings only sudoPassword applies'),
  role: z.enum(['control-plane', 'worker']).describe('control-plane or worker'),
  state: z.enum(['up', 'down']).default('up').describe('down: powered off, skipped by every run'),
  labels: z.record(ownLabelKey, kubernetesField.labelValue).default({}).describe('Labels of the node'),
  taints: z
    .array(kubernetesField.taint)
    .refine(
      (taints) => new Set(taints.map((taint) => taint.replace(/=[^:]*/, ''))).size === taints.length,
      withHint('has one key with one effect twice, which the API server rejects', 'keep one of them'),
    )
    .optional()
    .describe('Taints as key=value:Effect. Default: control planes accept no pods; [] allows pods'),
  ...hostRuntime,
  ssh: ssh.prefault({}).describe('Overrides the cluster-wide ssh settings, key by key'),
})
