// What the type checker cannot see: promises that float, and the outside world reached past the ports.
// Taste is left to Prettier and to reviewers; every rule here has stopped, or would stop, a run from being repeatable.

import tseslint from 'typescript-eslint'

/** Folders in which the same seed must give the same run: nothing ambient, no state that outlives a run. */
const DETERMINISTIC = [
  'system/**/*.ts',
  'sim/*.ts',
  'sim/kafka/**/*.ts',
  'sim/cassandra/**/*.ts',
  'sim/network/**/*.ts',
  'sim/disk/**/*.ts',
  'chaos/**/*.ts',
  'scenarios/**/*.ts',
]

/** The one place under system/ that is the real world, by design. */
const LIVE = ['system/runtime/live/**/*.ts']

const EVERYWHERE = [
  { selector: 'ExportDefaultDeclaration', message: 'Export by name, so that it has the same name everywhere.' },
  { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file that defines it.' },
  { selector: 'ExportNamedDeclaration[source]', message: 'No barrels: import from the file that defines it.' },
]

const IN_A_RUN = [
  {
    selector: "MemberExpression[object.name='Date'][property.name=/^(now|parse)$/]",
    message: 'Time comes from the Clock port; Date.parse reads some forms in the time zone of the machine.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length!=1]",
    message: 'new Date() is ambient time, new Date(y, m, …) the time zone of the machine: Clock port, or Date.UTC.',
  },
  { selector: "CallExpression[callee.name='Date']", message: 'Ambient time: use the Clock port.' },
  {
    selector:
      'CallExpression > MemberExpression[property.name=/^(getTimezoneOffset|(get|set)(FullYear|Month|Date|Day|Hours|Minutes|Seconds))$/]',
    message: 'The time zone of the machine: use the UTC forms.',
  },
  {
    selector: 'CallExpression > MemberExpression[property.name=/^(localeCompare|toLocale[A-Z].*)$/]',
    message: 'The locale of the machine: compare by code unit, format by hand.',
  },
  {
    selector: ':matches(Program, Program > ExportNamedDeclaration) > VariableDeclaration[kind=/^(let|var)$/]',
    message: 'State of a module outlives the run: many runs share one process.',
  },
  {
    selector:
      ':matches(Program, Program > ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator:not([id.typeAnnotation.typeAnnotation.typeName.name=/^Readonly/]) > NewExpression[callee.name=/^(Map|Set)$/]',
    message: 'State of a module outlives the run: declare a table as ReadonlyMap or ReadonlySet.',
  },
]

const AMBIENT_GLOBALS = [
  ...['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate'].map(name => ({
    name,
    message: 'Timers come from the Clock port.',
  })),
  ...['performance', 'Temporal'].map(name => ({ name, message: 'Time comes from the Clock port.' })),
  ...['process', 'navigator', 'globalThis', 'global'].map(name => ({
    name,
    message: 'The machine is not ours to ask.',
  })),
  ...['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'].map(name => ({
    name,
    message: 'Bytes travel through the Network port.',
  })),
  ...['MessageChannel', 'BroadcastChannel', 'Worker'].map(name => ({
    name,
    message: 'Work goes through the Cpu port.',
  })),
  ...['WeakRef', 'FinalizationRegistry'].map(name => ({ name, message: 'Depends on when memory is collected.' })),
  { name: 'crypto', message: 'Randomness comes from the Entropy port.' },
  { name: 'console', message: 'Lines go through the Log port.' },
]

const AMBIENT_PROPERTIES = [
  { object: 'Math', property: 'random', message: 'Randomness comes from the Entropy port.' },
  { object: 'AbortSignal', property: 'timeout', message: 'Timers come from the Clock port.' },
]

const SYNC_ZLIB = ['gzip', 'gunzip', 'unzip', 'deflate', 'inflate', 'deflateRaw', 'inflateRaw', 'brotliCompress']
  .concat(['brotliDecompress', 'zstdCompress', 'zstdDecompress'])
  .map(name => `${name}Sync`)

/** @param {readonly object[]} more rules of the folder, before the common ones */
const ambientImports = more => [
  'error',
  {
    paths: [
      ...more,
      ...['dns', 'dns/promises', 'net', 'tls', 'dgram', 'http', 'http2', 'https', 'undici'].map(name => ({
        name: name === 'undici' ? name : `node:${name}`,
        message: 'Bytes travel through the Network port.',
        allowTypeImports: true,
      })),
      ...['fs', 'fs/promises'].map(name => ({
        name: `node:${name}`,
        message: 'Files are behind the Disk port.',
        allowTypeImports: true,
      })),
      ...['timers', 'timers/promises', 'perf_hooks'].map(name => ({
        name: `node:${name}`,
        message: 'Time comes from the Clock port.',
        allowTypeImports: true,
      })),
      ...['child_process', 'cluster', 'worker_threads', 'os', 'process', 'console', 'vm', 'v8', 'inspector'].map(
        name => ({
          name: `node:${name}`,
          message: 'A process of the system reaches outside through its ports only.',
          allowTypeImports: true,
        }),
      ),
      {
        name: 'node:crypto',
        allowImportNames: ['createHash', 'createHmac', 'hash', 'timingSafeEqual'],
        message: 'Pure functions only; randomness comes from the Entropy port.',
      },
      {
        name: 'node:zlib',
        allowImportNames: [...SYNC_ZLIB, 'crc32', 'constants'],
        message: 'Asynchronous zlib never settles inside a run: the synchronous calls only.',
      },
    ].filter((rule, index, rules) => rules.findIndex(other => other.name === rule.name) === index),
  },
]

export default tseslint.config(
  { ignores: ['node_modules/', 'reports/out/', 'coverage/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', ...EVERYWHERE],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // A port is asynchronous whether or not one implementation has something to wait for.
      '@typescript-eslint/require-await': 'off',
      // Methods are detached on purpose where globals and libraries are wrapped.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: DETERMINISTIC,
    ignores: LIVE,
    rules: {
      'no-restricted-syntax': ['error', ...EVERYWHERE, ...IN_A_RUN],
      'no-restricted-globals': ['error', ...AMBIENT_GLOBALS],
      'no-restricted-properties': ['error', ...AMBIENT_PROPERTIES],
      '@typescript-eslint/no-restricted-imports': ambientImports([]),
    },
  },
  {
    // The HTTP server is node:http on connections that the Network port hands over; it never listens by itself.
    files: ['system/api/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ambientImports([
        {
          name: 'node:http',
          allowImportNames: ['createServer', 'Server', 'STATUS_CODES'],
          allowTypeImports: true,
          message: 'Only a server that is fed by the Network port.',
        },
      ]),
    },
  },
  {
    // Data sets are files of a pinned package, read whole before the world starts.
    files: ['scenarios/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ambientImports([
        {
          name: 'node:fs',
          allowImportNames: ['readFileSync'],
          message: 'Only to read a data set before the world starts.',
        },
      ]),
    },
  },
  {
    files: ['sim/kernel/**/*.ts'],
    ignores: ['sim/kernel/ambient/**/*.ts', 'sim/kernel/ambient*.ts'],
    rules: {
      'no-restricted-globals': ['error', { name: 'console', message: 'The kernel prints nothing.' }],
      'no-restricted-properties': ['error', ...AMBIENT_PROPERTIES],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // A test takes answers apart that are unknown by nature, and says by its expectations what they must be.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['*.config.ts', '*.config.js'],
    rules: { 'no-restricted-syntax': 'off' },
  },
)
