import manifest from '../package.json' with { type: 'json' }

/** The version of this program. */
export const version: string = manifest.version

/** The oldest major version of Node.js that runs it: the one of package.json. */
export const oldestNode: number = Number(manifest.engines.node.replace('>=', ''))
