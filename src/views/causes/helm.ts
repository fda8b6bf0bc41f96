import type { Cause } from './cause.ts'

/** Helm and its charts. */
export const helm: readonly Cause[] = [
  {
    cause: /release \S{1,300} failed, and has been (?:rolled back|uninstalled) due to rollback-on-failure/,
    hint: 'the release did not become ready and was rolled back: set `wait: false` to keep it, then find the reason with `kubectl describe`',
  },
  {
    cause: /exists and cannot be imported into the current release: invalid ownership metadata/,
    hint: 'an object of that name exists and is not managed by this release: remove it, or add the labels and annotations that the log names',
  },
  {
    cause:
      /failed to perform "FetchReference" on source: [^\n]{0,600}not found|chart "[^"\n]{1,300}"[^\n]{0,100} not found in \S{1,300} (?:index|repository)|no chart name found/,
    hint: 'the chart or this version of it does not exist: check `chart` and `version` of the release',
  },
  {
    cause: /another operation \(install\/upgrade\/rollback\) is in progress/,
    hint: 'an earlier Helm operation on the release was interrupted: `helm history NAME` shows it pending; run `helm rollback NAME` on a control plane, then run again',
  },
  {
    cause: /no matches for kind "[^"\n]{1,100}" in version|ensure CRDs are installed first/,
    hint: 'the cluster does not know a kind of object in the chart: install its CRDs first, or a newer version of the chart',
  },
  {
    cause: /values don't meet the specifications of the schema/,
    hint: 'the chart rejects its values: the log names them; correct `values` of the release',
  },
  {
    cause: /field is immutable|updates to statefulset spec for fields other than/,
    hint: 'a new version of the chart changes an immutable field: the log names the object; delete the object if its data allows, then run again',
  },
]
