import { defineConfig } from 'vitest/config'

const minutes = 60_000

/** One directory of tests. */
function suite(name: string, options: object = {}) {
  return { test: { name, include: [`test/${name}/**/*.test.ts`], ...options } }
}

export default defineConfig({
  test: {
    projects: [
      suite('unit'),
      suite('shell', { testTimeout: minutes, hookTimeout: minutes }),
      suite('ssh', { testTimeout: 2 * minutes, hookTimeout: 2 * minutes, fileParallelism: false }),
      // Real hosts, one file after the other: they share the machine and its lab.
      suite('lab', { testTimeout: 40 * minutes, hookTimeout: 60 * minutes, fileParallelism: false }),
    ],
  },
})
