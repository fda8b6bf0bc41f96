import { sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { fileName } from '../fields.ts'
import { defineModule, type TaskBody } from '../module.ts'
import { daemonImages } from './daemon-images.ts'

const reference = z
  .string()
  .regex(
    /^[a-z0-9.-]+(:[0-9]+)?(\/[a-z0-9._-]+)+(:[A-Za-z0-9._-]+)?(@sha256:[0-9a-f]{64})?$/,
    'must be a full reference such as registry.k8s.io/pause:3.10.1',
  )
  .refine((text) => /^[^/]*[.:]|^localhost\//.test(text), 'must begin with the registry, such as docker.io/library/…')
  .refine((text) => /[:@][^/]*$/.test(text.replace(/^[^/]*/, '')), 'must end with a tag or a digest')

/** Container images, pulled ahead of their use. */
export const image = defineModule({
  name: 'image',
  summary:
    "Container images pulled ahead of their use, into what the kubelet uses (containerd's k8s.io namespace) or into Docker.",
  schema: z.strictObject({
    names: z.array(reference).min(1).describe('Full references'),
    namedIn: z.array(fileName).default([]).describe('Manifests; the images of pods that they put on every node'),
    into: z.enum(['containerd', 'docker']).default('containerd').describe('docker with cri-dockerd'),
  }),
  timeout: 1800,
  compile(args, context): TaskBody {
    const named = args.namedIn.flatMap((file) => daemonImages(new TextDecoder().decode(context.readFile(file))))
    const names = [...new Set([...args.names, ...named.filter((name) => reference.safeParse(name).success)])]
    return {
      check: sh`images_are ${args.into} ${names}`,
      apply: sh`pull_images ${args.into} ${names}`,
    }
  },
})
