import { bootstrapToken } from './bootstrap-token.ts'
import { certificateKey } from './certificate-key.ts'
import { clock } from './clock.ts'
import { command } from './command.ts'
import { download } from './download.ts'
import { file } from './file.ts'
import { hostname } from './hostname.ts'
import { image } from './image.ts'
import { kernelModule } from './kernel-module.ts'
import { kubeadmInit } from './kubeadm-init.ts'
import { kubeadmJoin } from './kubeadm-join.ts'
import { lines } from './lines.ts'
import { manifest } from './manifest.ts'
import type { Module } from './module.ts'
import { observe } from './observe.ts'
import { packageModule } from './package.ts'
import { reboot } from './reboot.ts'
import { repository } from './repository.ts'
import { service } from './service.ts'
import { swap } from './swap.ts'
import { sysctl } from './sysctl.ts'
import { taints } from './taints.ts'
import { template } from './template.ts'
import { timezone } from './timezone.ts'
import { verify } from './verify.ts'
import { waitFor } from './wait-for.ts'

/** The vocabulary of playbooks: every word by its name. */
import { verifyNodes } from './verify-nodes.ts'
export const modules: Readonly<Record<string, Module>> = Object.fromEntries(
  [
    bootstrapToken,
    certificateKey,
    clock,
    command,
    download,
    file,
    hostname,
    image,
    kernelModule,
    kubeadmInit,
    kubeadmJoin,
    lines,
    manifest,
    observe,
    packageModule,
    reboot,
    repository,
    service,
    swap,
    sysctl,
    taints,
    template,
    timezone,
    verify,
    waitFor,
  ].map((module) => [module.name, module as Module]),
)
    verifyNodes,
