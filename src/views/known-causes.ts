import type { Cause } from './causes/cause.ts'
import { cluster } from './causes/cluster.ts'
import { etcd } from './causes/etcd.ts'
import { general } from './causes/general.ts'
import { helm } from './causes/helm.ts'
import { images } from './causes/images.ts'
import { kubeadm } from './causes/kubeadm.ts'
import { kubelet } from './causes/kubelet.ts'
import { machine } from './causes/machine.ts'
import { network } from './causes/network.ts'
import { packages } from './causes/packages.ts'
import { runtime } from './causes/runtime.ts'

/**
 * The more particular first: the first that matches is told. Logs are text of hosts: what lies between two parts of a
 * pattern is bounded by the 600 characters that steps.sh keeps of a line, so that no text makes a pattern take long.
 */
export const knownCauses: readonly Cause[] = [
  ...network,
  ...packages,
  ...machine,
  ...kubelet,
  ...runtime,
  ...etcd,
  ...images,
  ...kubeadm,
  ...helm,
  ...cluster,
  ...general,
]

/** Lines that hosts print although nothing is wrong, or beside what is: no cause is sought in them. */
export const harmless: readonly RegExp[] = [
  // It runs the command all the same.
  /^sudo: unable to resolve host /,
  // ctr of a look at what is there before it pulls.
  /active check failed/,
  // Plugins for what the host has not, and containerd does without.
  /skip loading plugin|\blevel=(?:info|debug) /,
  // kubeadm's own rate limit, whenever it gives up waiting for something else.
  /client rate limiter Wait returned an error/,
  /^\s*\[WARNING [\w-]+\]/,
  // klog's levels below error, with or without a journal's prefix.
  /(?:^|\]: )[IW]\d{4} \d\d:\d\d:\d\d\.\d+ /,
]
