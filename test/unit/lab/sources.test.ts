import { expect, test } from 'vitest'
import { reason } from '../../../lab/src/outward.ts'

const cases: { about: string; stderr: string; reason: string }[] = [
  {
    about: 'skopeo',
    stderr:
      'time="2026-11-30T05:00:00Z" level=warning msg="Failed, retrying in 1s ... (1/2)"\n' +
      'time="2026-11-30T05:00:01Z" level=fatal msg="initializing source docker://docker.io/library/traefik:v3.7.11: \\"toomanyrequests\\""\n',
    reason: 'initializing source docker://docker.io/library/traefik:v3.7.11: "toomanyrequests"',
  },
  {
    about: 'apt',
    stderr:
      'W: GPG error: https://pkgs.k8s.io InRelease: BAD\nE: The repository is not signed.\nE: The repository is not signed.\n',
    reason: 'The repository is not signed.',
  },
  {
    about: 'curl',
    stderr: 'curl: (22) The requested URL returned error: 404\n',
    reason: 'curl: (22) The requested URL returned error: 404',
  },
  { about: 'another program', stderr: 'mv: cannot stat it\nno space left\n', reason: 'no space left' },
  { about: 'a program without a word', stderr: '', reason: '' },
]

test.for(cases)('finds what $about says went wrong', ({ stderr, reason: expected }) => {
  expect(reason(stderr)).toBe(expected)
})
