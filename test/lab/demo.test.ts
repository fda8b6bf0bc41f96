import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = new URL('../..', import.meta.url).pathname
// Not the lab that somebody may be looking at.
const name = 'selfdemo'

function down(): void {
  execFileSync('bin/provision', ['lab', 'down', '--name', name], { cwd: root })
}

beforeAll(down)
afterAll(down)

test('the demo makes a cluster and shows it at work, to the end', () => {
  const tour = execFileSync('sh', ['bin/demo', name], { cwd: root, encoding: 'utf8' })
  const inOrder = [
    /^Converged: \d+ changes on 3 hosts/m,
    /^w2 +Ready +worker/m,
    /^Hello from a pod on w1$/m,
    /^Converged: no changes on 3 hosts/m,
    /^ +-server 192\.0\.2\.1$/m,
    /^Changes on 1 of 3 hosts/m,
    /^Converged: 2 changes on 3 hosts/m,
    /lab down --name selfdemo$/m,
  ]
  let rest = tour
  for (const pattern of inOrder) {
    const match = pattern.exec(rest)
    expect(match, `${pattern} in what is left of the tour:\n${rest}`).not.toBeNull()
    rest = rest.slice(match!.index)
  }
})
