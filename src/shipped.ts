import { fileURLToPath } from 'node:url'

/** The checkout or package that this code belongs to: sources lie in its `src`, the program that runs in its `dist`. */
const root = new URL('..', import.meta.url)

/** The path of what is shipped beside the code, by its path from the top: `playbooks/nodes/add.yaml`, `templates/`. */
export function shipped(path: string): string {
  return fileURLToPath(new URL(path, root))
}
