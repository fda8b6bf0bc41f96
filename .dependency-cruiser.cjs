// Imports point down only. Each row may import from the rows below it, never from its own row's other folders or from above.
const rows = [
  ['cli'],
  ['operations'],
  ['rebuild'],
  ['run', 'status', 'state'],
  ['compile', 'archive', 'transport', 'views'],
  ['variables', 'secrets'],
  ['playbook'],
  ['inventory'],
  ['modules', 'catalogue'],
  ['shell', 'yaml'],
  ['disk'],
]
// Importable by all, and importing nothing but each other.
const shared = ['events', 'host-facts', 'errors', 'version', 'clean', 'entry-of', 'screen', 'shipped', 'stamp', 'zod']

const inside = (names) => `^src/(${names.join('|')})(/|\\.ts$)`

/** For each layer: what it must not reach. */
const layers = rows.flatMap((row, index) =>
  row.map((layer) => ({
    name: `layer-${layer}`,
    comment: `src/${layer} imports only from lower layers: ${['errors', 'events', ...rows.slice(index + 1).flat()].join(', ')}`,
    severity: 'error',
    from: { path: inside([layer]) },
    to: { path: '^src/', pathNot: inside([layer, ...shared, ...rows.slice(index + 1).flat()]) },
  })),
)

const pure = [
  'shell',
  'yaml',
  'modules',
  'catalogue',
  'inventory',
  'playbook',
  'variables',
  'compile',
  'events',
  'errors',
]

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'layer-shared',
      comment: 'what is shared is importable by all and imports nothing else of ours',
      severity: 'error',
      from: { path: inside(shared) },
      to: { path: '^src/', pathNot: inside(shared) },
    },
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'files-only-in-load',
      comment: 'the pure layers read files in load.ts only, so that all else is tested without fakes',
      severity: 'error',
      from: { path: inside(pure), pathNot: '/load\\.ts$' },
      to: { path: '^(node:)?fs(/promises)?$|^src/(disk/|shipped\\.ts$)' },
    },
    {
      name: 'durable-writes',
      comment:
        'what lies below .provision/CLUSTER belongs to src/state; archives, pinned host keys and records write their own',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: inside(['state', 'disk', 'archive', 'transport/host-keys', 'views/record', 'operations/rebuild/save']),
      },
      to: { path: '^src/(disk/durable|state/json-file)\\.ts$' },
    },
    {
      name: 'sockets-only-in-transport',
      comment: 'connections are made, and programs on this machine started, in src/transport only',
      severity: 'error',
      from: { path: '^src/', pathNot: inside(['transport']) },
      to: { path: '(^|/)node_modules/(ssh2|zx)/|^(node:)?(net|tls|http|https|http2|dgram|child_process)$' },
    },
    {
      name: 'zod-by-one-door',
      comment: 'zod is set up once, in src/zod.ts',
      severity: 'error',
      from: { path: '^(src|lab|tools)/', pathNot: '^src/zod\\.ts$' },
      to: { path: '(^|/)node_modules/zod/' },
    },
    {
      name: 'screen-only-in-views',
      comment: 'the screen is drawn in src/views only',
      severity: 'error',
      from: { path: '^(src|lab)/', pathNot: inside(['views']) },
      to: { path: '(^|/)node_modules/(listr2|log-update|@clack/prompts)/' },
    },
    {
      name: 'no-unlisted-library',
      comment: 'the libraries that src and lab import are in package.json, which pins what the bundle is made of',
      severity: 'error',
      from: { path: '^(src|lab)/' },
      to: { dependencyTypes: ['npm-no-pkg'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'src-stands-alone',
      comment: 'the product needs nothing of what stands beside it; the lab is reached by its command',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/commands/lab\\.ts$' },
      to: { path: '^(test|bench|tools|lab)/' },
    },
    {
      name: 'reference-from-below',
      comment: 'the reference is made of schemas and tables, not of what commands do',
      severity: 'error',
      from: { path: '^tools/docs/' },
      to: { path: '^(src/(cli|operations)|test|bench|lab)(/|\\.ts$)' },
    },
    {
      name: 'lab-is-a-program-of-its-own',
      comment: 'the lab makes hosts; it knows nothing of how they become nodes',
      severity: 'error',
      from: { path: '^lab/' },
      to: { path: '^(src|test|bench|tools)/', pathNot: inside([...shared, 'views/table']) },
    },
  ],
  options: {
    // TypeScript 7 has no parser for others to use.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.d.ts'],
    },
  },
}
