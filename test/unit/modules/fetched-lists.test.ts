import { expect, test } from 'vitest'
import { fetchedLists } from '../../../src/modules/packages/repository.ts'

// As apt itself names them: `apt-get update --print-uris` (2.6) prints these with `InRelease` after them.
test.each([
  ['https://pkgs.k8s.io/core:/stable:/v1.36/deb/', '/', 'pkgs.k8s.io_core:_stable:_v1.36_deb_'],
  ['https://download.docker.com/linux/debian', 'trixie', 'download.docker.com_linux_debian_dists_trixie_'],
  ['http://10.0.0.2:8081/a_b/c~d', '/', '10.0.0.2:8081_a%5fb_c%7ed_'],
  ['http://h/x', 'sub/', 'h_x_sub_'],
  ['http://h/x/', 'a/b', 'h_x_dists_a_b_'],
  ['http://h/a@b+c(d)', '/', 'h_a%40b+c(d)_'],
])('lists of %s %s', (url, suite, expected) => {
  expect(fetchedLists(url, suite)).toBe(expected)
})
