import { resolve } from 'node:path'
import type { InputOptions } from 'rolldown'
import manifest from '../package.json' with { type: 'json' }

export const repository: string = resolve(import.meta.dirname, '..')

/** The program with the libraries that it uses, as rolldown is to read it: for dist/ and for the executables. */
export const program: InputOptions = {
  input: resolve(repository, 'src/cli.ts'),
  platform: 'node',
  transform: {
    target: manifest.engines.node.replace('>=', 'node'),
    // ssh2 names files beside itself that it needs on Windows only.
    define: { __dirname: 'import.meta.dirname' },
  },
  // ssh2 has ciphers in JavaScript, and looks for compiled ones that no package or executable could bring for all machines.
  resolve: { alias: { 'cpu-features': false } },
  external: /\.node$/,
}
