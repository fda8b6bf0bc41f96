import { withHint } from '../../yaml/explain.ts'
import { z } from '../../zod.ts'
import { isIP } from '../addresses.ts'
import * as field from '../fields.ts'
import { evictionSignal } from './arguments/eviction.ts'
import { kubeProxyForms } from './arguments/kube-proxy-forms.ts'
import { kubeletForms } from './arguments/kubelet-forms.ts'
import { kubeletFields, kubeProxyFields } from './kubelet.ts'

const reserved = z.strictObject({
  cpu: field.quantity
    .optional()
    .describe('CPU, as a Kubernetes quantity; without it 50m, 25m more for each further CPU, at most 200m'),
  memory: field.quantity
    .optional()
    .describe("Memory, as a Kubernetes quantity; without it 100Mi and a twentieth of the machine's, at most 500Mi"),
})

const component = z.strictObject({
  extraArgs: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]*$/, withHint('is not a flag name', 'write it without leading dashes')),
      field.line,
    )
    .default({})
    .describe('Command line flags, without dashes, to their values'),
})

/** The `kubernetes` section. */
export const kubernetes = z
  .strictObject({
    version: z
      .string()
      .regex(/^\d+\.\d+(\.\d+)?$/, withHint('must be a version such as 1.36.3', 'write digits and dots, without v'))
      .optional()
      .describe('Version to install, such as 1.36.3; of a minor such as "1.36" the newest this release knows'),
    endpoint: field.endpoint
      .optional()
      .describe('host:port by which all reach the API; needed with several control planes'),
    podSubnet: field.subnet.default('10.244.0.0/16').describe('Addresses of pods'),
    serviceSubnet: field.subnet.default('10.96.0.0/12').describe('Addresses of Services'),
    dnsDomain: field.domain
      .refine((name) => !isIP(name), withHint('is an address', 'write a domain, such as cluster.local'))
      .default('cluster.local')
      .describe('DNS domain of the cluster'),
    certificateSANs: z
      .array(field.certificateName)
      .default([])
      .describe("Further names and addresses in the API server's certificate"),
    reserved: z
      .strictObject({
        system: reserved.prefault({}).describe('Kept for the operating system'),
        kube: reserved.prefault({}).describe('Kept for the kubelet and the container runtime'),
      })
      .prefault({})
      .describe('What pods cannot have, on every node'),
    evictionHard: z
      .partialRecord(evictionSignal, field.threshold)
      .default({})
      .describe(
        'Thresholds at which pods are evicted, laid over nodefs.available 10%, nodefs.inodesFree 5%, imagefs.available 15%, and memory.available of a twentieth of the memory, at least 100Mi and at most 200Mi',
      ),
    kubelet: field
      .componentFields(kubeletFields, kubeletForms)
      .default({})
      .describe('Fields of KubeletConfiguration (v1beta1), passed through'),
    kubeProxy: field
      .componentFields(kubeProxyFields, kubeProxyForms)
      .default({})
      .describe('Fields of KubeProxyConfiguration (v1alpha1), passed through'),
    apiServer: component.optional().describe('kube-apiserver'),
    controllerManager: component.optional().describe('kube-controller-manager'),
    scheduler: component.optional().describe('kube-scheduler'),
    ignorePreflightErrors: z
      .array(
        z
          .string()
          .regex(
            /^[A-Za-z][A-Za-z0-9.-]*$/,
            withHint('is not the name of a preflight check', 'write for example NumCPU'),
          ),
      )
      .refine(
        (checks) => checks.length < 2 || !checks.some((check) => check.toLowerCase() === 'all'),
        withHint('has all beside others, which kubeadm refuses', 'write all alone, or the others'),
      )
      .default([])
      .describe('Preflight checks of kubeadm whose errors are taken as warnings'),
  })
  .prefault({})
  .describe('Kubernetes')
