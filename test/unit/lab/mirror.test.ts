import { expect, test } from 'vitest'
import { firstMirror } from '../../../lab/src/mirror.ts'

const cases: { about: string; text: string; mirror: string | undefined }[] = [
  {
    about: 'a stanza of the newer format',
    text: '# comment\nTypes: deb\nURIs: http://a.example/debian/\nSuites: bookworm bookworm-updates\nComponents: main\n',
    mirror: 'http://a.example/debian',
  },
  {
    about: 'the stanza of the main archive, not that of security updates',
    text: 'URIs: http://a.example/security\nSuites: trixie-security\n\nURIs: https://b.example/debian\nSuites: trixie\n',
    mirror: 'https://b.example/debian',
  },
  {
    about: 'a line of the older format with options',
    text: 'deb-src http://s.example/debian trixie main\ndeb [arch=amd64] http://c.example/debian trixie main\n',
    mirror: 'http://c.example/debian',
  },
  { about: "somebody else's repository", text: 'deb https://example.org/apt nodistro main\n', mirror: undefined },
  { about: 'an empty file', text: '', mirror: undefined },
]

test.for(cases)('finds the mirror in $about', ({ text, mirror }) => {
  expect(firstMirror(text)).toBe(mirror)
})
