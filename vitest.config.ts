import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const minutes = 60_000

/** One directory of tests. */
function suite(name: string, options: object = {}) {
  return { test: { name, include: [`test/${name}/**/*.test.ts`], ...options } }
}

// Vitest leaves one core to itself, which on a machine of two is half of them.
const everyCore = { maxWorkers: availableParallelism() }

export default defineConfig({
  test: {
    // A bash whose standard input is a socket, as Node's pipes are, reads ~/.bashrc unless another shell has started it.
    env: { SHLVL: '1' },
    projects: [
      // Some of them start the program itself, which takes its time on a machine that has other work. They share what
      // is imported: to import it again for each file took longer than the tests.
      suite('unit', { testTimeout: minutes, hookTimeout: minutes, isolate: false, ...everyCore }),
      suite('shell', { testTimeout: minutes, hookTimeout: minutes, ...everyCore }),
      suite('ssh', { testTimeout: 2 * minutes, hookTimeout: 2 * minutes, fileParallelism: false }),
      // Real hosts, which wait more than they compute: two files at a time, each with a lab of its own.
      suite('lab', {
        testTimeout: 40 * minutes,
        hookTimeout: 60 * minutes,
        maxWorkers: 2,
        sequence: { groupOrder: 1 },
      }),
      // What takes too long for every run, or has not been seen green yet: `sh test/run endurance`.
      suite('endurance', { testTimeout: 40 * minutes, hookTimeout: 60 * minutes, fileParallelism: false }),
    ],
  },
})
