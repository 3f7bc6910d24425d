// Who may import whom. Read it as ARCHITECTURE.md's picture of the folders, in a form that a tool can hold us to.
// Each list is everything that a folder may import from this project; what is not in it is refused.

const FOLDERS = {
  system: [],
  sim: ['system/runtime'],
  chaos: ['sim', 'system/runtime'],
  scenarios: ['chaos', 'sim', 'system'],
  reports: ['scenarios', 'chaos', 'sim', 'system'],
  bin: ['reports', 'scenarios', 'chaos', 'sim', 'system', 'test'],
  test: ['bin', 'reports', 'scenarios', 'chaos', 'sim', 'system'],
}

/** Inside the product: data flows ingest, queue, stream, store, and queries come to the store from the other side. */
const SYSTEM_FOLDERS = {
  runtime: [],
  tenancy: ['runtime'],
  queue: ['tenancy', 'runtime'],
  store: ['tenancy', 'runtime'],
  ingest: ['queue', 'tenancy', 'runtime'],
  stream: ['queue', 'store', 'tenancy', 'runtime'],
  query: ['store', 'tenancy', 'runtime'],
  api: ['ingest', 'query', 'tenancy', 'runtime'],
  roles: ['api', 'ingest', 'query', 'stream', 'queue', 'store', 'tenancy', 'runtime'],
}

/** Single files straight under system/ (the configuration, the shape of an id) are words that all of it shares. */
const SYSTEM_FILES = 'system/[^/]+\\.ts$'

/** Client libraries, and the folders that speak through them. Everybody else gets a port or a function of those folders. */
const LIBRARIES = {
  kafkajs: '^(system/(queue|ingest|stream|roles)|test)/',
  'cassandra-driver': '^(system/(store|roles)|test)/',
  fastify: '^(system/api|test)/',
  'vega-datasets': '^(scenarios|test)/',
  commander: '^(bin|test)/',
}

const PROJECT = `^(${Object.keys(FOLDERS).join('|')})/`

const folderRules = Object.entries(FOLDERS).map(([folder, allowed]) => ({
  name: `${folder}-imports`,
  comment: `${folder}/ may import from: ${[`${folder}/`, ...allowed].join(', ')}`,
  severity: 'error',
  from: { path: `^${folder}/` },
  to: { path: PROJECT, pathNot: [folder, ...allowed].map(each => `^${each}/`) },
}))

const systemRules = Object.entries(SYSTEM_FOLDERS).map(([folder, allowed]) => ({
  name: `system-${folder}-imports`,
  comment: `system/${folder}/ may import from: ${[folder, ...allowed].join(', ')}`,
  severity: 'error',
  from: { path: `^system/${folder}/` },
  to: { path: '^system/', pathNot: [`^${SYSTEM_FILES}`, ...[folder, ...allowed].map(each => `^system/${each}/`)] },
}))

const libraryRules = Object.entries(LIBRARIES).map(([library, allowed]) => ({
  name: `library-${library}`,
  comment: `${library} is used by ${allowed} only`,
  severity: 'error',
  from: { path: PROJECT, pathNot: allowed },
  to: { path: `node_modules/${library}/` },
}))

module.exports = {
  forbidden: [
    ...folderRules,
    ...systemRules,
    ...libraryRules,
    {
      name: 'system-files-import',
      comment: 'Files straight under system/ may import from tenancy and runtime: everything else stands on them.',
      severity: 'error',
      from: { path: `^${SYSTEM_FILES}` },
      to: { path: '^system/', pathNot: [`^${SYSTEM_FILES}`, '^system/(tenancy|runtime)/'] },
    },
    {
      name: 'live-stays-at-the-edge',
      comment: 'The real ports are chosen where a process is put together, never by the system itself.',
      severity: 'error',
      from: { path: '^(system|sim|chaos|scenarios)/', pathNot: '^system/runtime/live/' },
      to: { path: '^system/runtime/live/' },
    },
    {
      name: 'checkers-share-nothing',
      comment: 'An invariant that used the code it judges would repeat its mistakes.',
      severity: 'error',
      from: { path: '^scenarios/invariants?([./-]|$)' },
      to: { path: '^system/' },
    },
    {
      name: 'no-cycle',
      comment: 'A cycle at run time has no first file. (Two types that name each other are no cycle at run time.)',
      severity: 'error',
      from: { path: PROJECT },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nothing-unresolved',
      comment: 'An import that leads nowhere is seen by no other rule.',
      severity: 'error',
      from: { path: PROJECT },
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-dependencies',
      comment: 'What package.json does not name, another machine may not have.',
      severity: 'error',
      from: { path: PROJECT },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-development-tools',
      comment: 'What runs in production or in a simulation is a dependency, not a development tool.',
      severity: 'error',
      from: { path: PROJECT, pathNot: '^test/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.cjs', '.mjs', '.d.ts'],
    },
  },
}
