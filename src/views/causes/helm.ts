import type { Cause } from './cause.ts'

/** Helm and its charts. */
export const helm: readonly Cause[] = [
  {
    cause: /release \S{1,300} failed, and has been (?:rolled back|uninstalled) due to rollback-on-failure/,
    hint: 'it did not become ready and was taken back: with `wait: false` it stays, and `kubectl describe` says why',
  },
  {
    cause: /exists and cannot be imported into the current release: invalid ownership metadata/,
    hint: 'an object of that name is there and belongs to somebody else: remove it, or give it the labels and annotations that the log names',
  },
  {
    cause:
      /failed to perform "FetchReference" on source: [^\n]{0,600}not found|chart "[^"\n]{1,300}"[^\n]{0,100} not found in \S{1,300} (?:index|repository)|no chart name found/,
    hint: 'there is no such chart, or not of this version: check `chart` and `version` of the release',
  },
  {
    cause: /another operation \(install\/upgrade\/rollback\) is in progress/,
    hint: 'an earlier Helm was cut off at work on the release: `helm history NAME` shows it pending; `helm rollback NAME` on a control plane lets it go on',
  },
  {
    cause: /no matches for kind "[^"\n]{1,100}" in version|ensure CRDs are installed first/,
    hint: 'the cluster does not know a kind of object that the chart has: install what defines it first (its CRDs), or a chart of a newer version',
  },
  {
    cause: /values don't meet the specifications of the schema/,
    hint: 'the chart does not take its values: the log names them; correct `values` of the release',
  },
  {
    cause: /field is immutable|updates to statefulset spec for fields other than/,
    hint: 'a new version of the chart changes what cannot be changed: the log names the object; delete that one by hand if its data allows, then run again',
  },
]
