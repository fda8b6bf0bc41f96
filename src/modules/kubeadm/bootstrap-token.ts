import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'

/**
 * A join token, made by the controller and known to the cluster as the Secret that kubeadm itself would make
 * (https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/). It travels in the program, never on argv.
 */
export const bootstrapToken = defineModule({
  name: 'bootstrapToken',
  summary: 'Makes a short-lived token with which nodes join.',
  schema: z.strictObject({
    minutes: z.int().min(1).max(1440).default(20).describe('How long it is good for'),
  }),
  library: 'cluster',
  compile(args, context) {
    const token = context.generate('bootstrapToken')
    const [id = '', secret = ''] = token.split('.')
    return {
      content: `${token}\n`,
      // It is new in every run: nobody else knows of it.
      check: sh`[ -e "$P_RUN/token-made" ]`,
      apply: sh`
        umask 077
        cat >"$P_RUN/token.yaml" <<P_EOF
        apiVersion: v1
        kind: Secret
        metadata: { name: ${`bootstrap-token-${id}`}, namespace: kube-system }
        type: bootstrap.kubernetes.io/token
        stringData:
          token-id: "${raw(id)}"
          token-secret: "${raw(secret)}"
          description: made by provision for the nodes of one run
          expiration: $(date -u -d ${`+${args.minutes} minutes`} +%Y-%m-%dT%H:%M:%SZ)
          usage-bootstrap-authentication: "true"
          usage-bootstrap-signing: "true"
          auth-extra-groups: system:bootstrappers:kubeadm:default-node-token
        P_EOF
        api create -f "$P_RUN/token.yaml"
        rm -f "$P_RUN/token.yaml"
        : >"$P_RUN/token-made"
        # kubeadm join asks for the signature at once, and then only every five seconds.
        api -n kube-public wait configmap/cluster-info --timeout 30s \
          --for=${`jsonpath={.data.jws-kubeconfig-${id}}`} || say 'not signed yet: joining will take longer'`,
      output: sh`${context.id}_content`,
    }
  },
})
