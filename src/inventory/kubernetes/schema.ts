import { withHint } from '../../yaml/explain.ts'
import { z } from '../../zod.ts'
import { isIP } from '../addresses.ts'
import { componentFields } from '../component-fields.ts'
import * as field from '../fields.ts'
import { evictionSignal } from './arguments/eviction.ts'
import { kubeProxyForms } from './arguments/kube-proxy-forms.ts'
import { kubeletForms } from './arguments/kubelet-forms.ts'
import * as kubernetesField from './fields.ts'
import { kubeletFields, kubeProxyFields } from './kubelet.ts'

const reserved = z.strictObject({
  cpu: kubernetesField.quantity
    .optional()
    .describe('CPU, as a Kubernetes quantity. Default: 50m plus 25m per further CPU, at most 200m'),
  memory: kubernetesField.quantity
    .optional()
    .describe("Memory, as a Kubernetes quantity. Default: 100Mi plus 5 % of the host's memory, at most 500Mi"),
})

const component = z.strictObject({
  extraArgs: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]*$/, withHint('is not a flag name', 'write it without leading dashes')),
      field.line,
    )
    .default({})
    .describe('Command line flags, without dashes, and their values'),
})

/** The `kubernetes` section. */
export const kubernetes = z
  .strictObject({
    version: z
      .string()
      .regex(/^\d+\.\d+(\.\d+)?$/, withHint('must be a version such as 1.36.3', 'write digits and dots, without v'))
      .optional()
      .describe('Version to install, such as 1.36.3, or a minor such as "1.36" for its newest version in this release'),
    endpoint: field.endpoint
      .optional()
      .describe('Common address of the API as host:port; required with several control planes'),
    podSubnet: field.subnet.default('10.244.0.0/16').describe('Subnet of pod addresses'),
    serviceSubnet: field.subnet.default('10.96.0.0/12').describe('Subnet of Service addresses'),
    dnsDomain: field.domain
      .refine((name) => !isIP(name), withHint('is an address', 'write a domain, such as cluster.local'))
      .default('cluster.local')
      .describe('DNS domain of the cluster'),
    certificateSANs: z
      .array(field.certificateName)
      .default([])
      .describe("Additional names and addresses in the API server's certificate"),
    reserved: z
      .strictObject({
        system: reserved.prefault({}).describe('Reserved for the operating system'),
        kube: reserved.prefault({}).describe('Reserved for the kubelet and the container runtime'),
      })
      .prefault({})
      .describe('Resources reserved on every node, not available to pods'),
    evictionHard: z
      .partialRecord(evictionSignal, kubernetesField.threshold)
      .default({})
      .describe(
        'Thresholds for the eviction of pods, merged over nodefs.available 10%, nodefs.inodesFree 5%, imagefs.available 15%, and memory.available 5% (100Mi to 200Mi)',
      ),
    kubelet: componentFields(kubeletFields, kubeletForms)
      .default({})
      .describe('Fields of KubeletConfiguration (v1beta1), passed through'),
    kubeProxy: componentFields(kubeProxyFields, kubeProxyForms)
      .default({})
      .describe('Fields of KubeProxyConfiguration (v1alpha1), passed through'),
    apiServer: component.optional().describe('kube-apiserver'),
    controllerManager: component.optional().describe('kube-controller-manager'),
    scheduler: component.optional().describe('kube-scheduler'),
    ignorePreflightErrors: z
      .array(
        z.string().regex(/^[A-Za-z][A-Za-z0-9.-]*$/, withHint('is not a preflight check', 'write for example NumCPU')),
      )
      .refine(
        (checks) => checks.length < 2 || !checks.some((check) => check.toLowerCase() === 'all'),
        withHint('combines all with other checks, which kubeadm rejects', 'write all alone, or the others'),
      )
      .default([])
      .describe('kubeadm preflight checks whose errors become warnings'),
  })
  .prefault({})
  .describe('Kubernetes')
