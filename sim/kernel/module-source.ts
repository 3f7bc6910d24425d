// One source file that hosts execute: read, transformed and compiled once in a process.

import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'
import { outsideTheRun } from './ambient/module-loading.ts'
import { patched } from './source-patch.ts'
import type { SourcePatch } from './source-patch.ts'
import { isStateful } from './stateful.ts'

export interface ModuleSource {
  /** It keeps nothing from call to call, as far as it alone is concerned. */
  readonly isStateless: boolean
  /** What it requires. */
  readonly requests: readonly string[]
  /** The file of a module that may have to be loaded anew for each boot; undefined: one that Node loads, for all. */
  targetOf(request: string): string | undefined
  /** The shared instance. */
  require(request: string): unknown
  /** Executes the module once more. */
  instantiate(module: { exports: unknown }, require: (request: string) => unknown): void
}

export const PROJECT_ROOT: string = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Compiled once for each file and patch. Throws if the file is not there, or a patch does not fit. */
export function sourceOf(file: string, patches: readonly SourcePatch[]): ModuleSource {
  const name = relative(PROJECT_ROOT, file).replaceAll('\\', '/')
  const own = patches.filter(patch => patch.file === name)
  const key = own.length === 0 ? name : `${name}\0${JSON.stringify(own)}`
  const known = sources.get(key)
  if (known !== undefined) return known
  const source = outsideTheRun(() => compile(file, name, own))
  sources.set(key, source)
  return source
}

/** A cache of what is a pure function of the files: it changes nothing in a run but how long it takes. */
const sources = new Map<string, ModuleSource>()

type Instantiate = (exports: unknown, require: unknown, module: unknown, file: string, directory: string) => void

function compile(file: string, name: string, patches: readonly SourcePatch[]): ModuleSource {
  const text = patches.reduce((changed, patch) => patched(changed, patch), readFileSync(file, 'utf8'))
  const code = file.endsWith('.ts') ? commonJsOf(text, name) : text.replace(/^#!.*/, '')
  // A name without the machine's folders: stacks get logged, and so into what a run says.
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${code}\n})`, {
    filename: name,
  })
  const instance = script.runInThisContext() as Instantiate
  const require = createRequire(file)
  const targets = new Map<string, string | undefined>()
  return {
    isStateless: patches.length === 0 && name.startsWith('system/'),
    requests: [...code.matchAll(REQUIRE)].map(([, request = '']) => request),
    targetOf(request) {
      if (targets.has(request)) return targets.get(request)
      const target = ownTarget(file, request, require)
      targets.set(request, target)
      return target
    },
    require,
    instantiate: (module, requireFresh) =>
      instance.call(module.exports, module.exports, requireFresh, module, name, dirname(name)),
  }
}

const REQUIRE = /\brequire\(\s*['"]([^'"]+)['"]\s*\)/g

function ownTarget(file: string, request: string, require: NodeJS.Require): string | undefined {
  if (isBuiltin(request)) return undefined
  if (request.endsWith('.ts')) return resolve(dirname(file), request)
  let target: string
  try {
    target = require.resolve(request)
  } catch {
    return undefined
  }
  return isStateful(target) ? target : undefined
}

/** TypeScript takes longer to load and to transform than a small run takes: what it made is kept beside the packages. */
function commonJsOf(text: string, name: string): string {
  const key = createHash('sha256').update(TRANSFORM).update('\0').update(name).update('\0').update(text).digest('hex')
  const cached = join(CACHE, `${key}.js`)
  try {
    return readFileSync(cached, 'utf8')
  } catch {
    const code = transform(text, name)
    keep(cached, code)
    return code
  }
}

const CACHE = join(PROJECT_ROOT, 'node_modules', '.cache', 'foreshock')

/** Names what the cached code depends on besides its text: change it with the options below. */
const TRANSFORM = 'typescript 6.0.3, commonjs, es2024'

function transform(text: string, name: string): string {
  const ts = createRequire(import.meta.url)('typescript') as typeof import('typescript')
  return ts.transpileModule(text, {
    fileName: name,
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2024,
      esModuleInterop: true,
      isolatedModules: true,
    },
  }).outputText
}

/** By rename, as several processes may do it at once; where it cannot be kept, it is made again next time. */
function keep(path: string, code: string): void {
  try {
    mkdirSync(CACHE, { recursive: true })
    const part = `${path}.${process.pid}`
    writeFileSync(part, code)
    renameSync(part, path)
  } catch {
    return
  }
}
