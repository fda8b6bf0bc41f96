import { defineConfig } from 'vitest/config'

const minutes = 60_000

/** One directory of tests. */
function suite(name: string, options: object = {}) {
  return { test: { name, include: [`test/${name}/**/*.test.ts`], ...options } }
}

export default defineConfig({
  test: {
    projects: [
      // Some of them start the program itself, which takes its time on a machine that has other work.
      suite('unit', { testTimeout: minutes, hookTimeout: minutes }),
      suite('shell', { testTimeout: minutes, hookTimeout: minutes }),
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
