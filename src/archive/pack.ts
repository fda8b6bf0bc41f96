import { chmod, open, rename } from 'node:fs/promises'
import { create } from 'tar'

/** Packs a directory as FILE, for its owner alone; it is there whole or not at all. */
export async function packDirectory(parent: string, name: string, file: string): Promise<void> {
  const part = `${file}.part`
  await (await open(part, 'w', 0o600)).close()
  await chmod(part, 0o600)
  await create({ gzip: true, portable: true, cwd: parent, file: part }, [name])
  const handle = await open(part, 'r')
  await handle.sync()
  await handle.close()
  await rename(part, file)
}
