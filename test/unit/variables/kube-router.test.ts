import { expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { renderedWith } from '../../rendered.ts'

const template = 'networks/kube-router/manifest.yaml.ejs'

/** What is written of the network, and which arguments of kube-router say how packets of pods travel. */
const cases: readonly (readonly [string, readonly string[]])[] = [
  ['{}', []],
  ['network: { kubeRouter: {} }', []],
  ['network: { kubeRouter: { overlay: full } }', ['--overlay-type=full']],
  ['network: { kubeRouter: { overlay: subnet } }', ['--overlay-type=subnet']],
  ['network: { kubeRouter: { encapsulation: fou } }', ['--overlay-encap=fou']],
  ['network: { kubeRouter: { overlay: full, encapsulation: fou } }', ['--overlay-type=full', '--overlay-encap=fou']],
  ['network: { kubeRouter: { serviceProxy: true, encapsulation: ipip } }', ['--overlay-encap=ipip']],
]

it.each(cases)('kube-router with %s', (text, wanted) => {
  const documents = parseAllDocuments(renderedWith(parse(text), template)).map((each) => each.toJS())
  const { args } = documents.find((each) => each.kind === 'DaemonSet').spec.template.spec.containers[0]
  expect(args.filter((argument: string) => argument.startsWith('--overlay'))).toEqual(wanted)
})

it('a cluster that says nothing of it keeps the manifest that it has', () => {
  expect(renderedWith({ network: { kubeRouter: {} } }, template)).toBe(renderedWith({}, template))
})
