import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'postject'
import { rolldown } from 'rolldown'
import manifest from '../../package.json' with { type: 'json' }
import { program, repository } from '../program.ts'
import { nodeFor, type Processor } from './node.ts'

/** Marks the place in Node's executable that tells whether a program is in it; documented with Node's own. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

/**
 * Makes an executable for Linux that needs no Node: Node itself, the program as one file, and the files that a package has
 * beside it. They are read from the executable, so it writes nothing to start.
 */
export async function makeBinary(processor: Processor, directory: string): Promise<string> {
  const node = nodeFor(processor, directory)
  const [code, config, blob] = ['program.cjs', 'sea.json', 'blob'].map((name) =>
    join(directory, `${processor}-${name}`),
  )
  const bundle = await rolldown(program)
  await bundle.write({ format: 'cjs', codeSplitting: false, file: code })
  const settings = {
    main: code,
    output: blob,
    assets: Object.fromEntries(heldFiles().map((name) => [name, join(repository, name)])),
    // Compiled code is of one processor's kind.
    useCodeCache: processor === process.arch,
    // NODE_OPTIONS are for programs that the user runs with Node.
    execArgvExtension: 'none',
    disableExperimentalSEAWarning: true,
  }
  writeFileSync(config as string, JSON.stringify(settings))
  execFileSync(nodeFor(process.arch as Processor, directory), ['--experimental-sea-config', config as string], {
    stdio: 'pipe',
  })
  const binary = join(directory, `provision-linux-${processor}`)
  rmSync(binary, { force: true })
  copyFileSync(node, binary)
  chmodSync(binary, 0o755)
  await inject(binary, 'NODE_SEA_BLOB', readFileSync(blob as string), { sentinelFuse: fuse })
  return binary
}

/** What the program reads while it runs: the files of the package, but for the program and the lab. */
function heldFiles(): string[] {
  const patterns = manifest.files.filter((one) => !/^(bin|dist|lab)\b/.test(one))
  return patterns
    .flatMap((pattern) => globSync([pattern, `${pattern}/**`], { cwd: repository }))
    .filter((name) => statSync(join(repository, name)).isFile())
    .sort()
}
