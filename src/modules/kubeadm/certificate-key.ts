import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { templateName } from '../fields.ts'
import { defineModule } from '../module.ts'

/** The control plane's certificates, encrypted with a key the controller made, for further control planes to fetch. */
export const certificateKey = defineModule({
  name: 'certificateKey',
  summary: "Uploads the control plane's certificates under a short-lived key, for other control planes to join.",
  schema: z.strictObject({
    config: templateName.describe('EJS template of a v1beta4 InitConfiguration that holds the key'),
  }),
  compile(args, context) {
    const key = context.generate('certificateKey')
    return {
      content: context.render(args.config, { certificateKey: key }),
      // The upload is good for two hours and for one key only: whoever asks gets a fresh one.
      check: sh`[ -e "$P_RUN/certificates-uploaded" ]`,
      apply: sh`
        umask 077
        ${raw(`${context.id}_content`)} >"$P_RUN/upload.yaml"
        kubeadm init phase upload-certs --upload-certs --config "$P_RUN/upload.yaml" >/dev/null
        rm -f "$P_RUN/upload.yaml"
        : >"$P_RUN/certificates-uploaded"`,
      output: sh`${raw(`${context.id}_content`)} | setting certificateKey -`,
    }
  },
})
