// Which modules of npm packages each boot must have for itself.

import { readFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { sep } from 'node:path'

/**
 * Modules with state that changes while they are used, by package. The state detector of the tests finds them: a new
 * dependency, or a new path through an old one, shows its state there by itself.
 */
const STATEFUL: Readonly<Record<string, readonly string[]>> = {
  kafkajs: ['kafkajs/index.js', 'kafkajs/src/index.js', 'kafkajs/src/instrumentation/event.js'],
  'cassandra-driver': [
    'cassandra-driver/lib/host-connection-pool.js',
    'cassandra-driver/lib/types/time-uuid.js',
    'cassandra-driver/lib/types/index.js',
  ],
  fastify: ['fastify/lib/content-type.js'],
}

/** Whether the file holds state, or requires, directly or not, a file that does. */
export function isStateful(file: string): boolean {
  const found = PACKAGE.exec(file)
  const name = found?.[1]
  if (name === undefined) return false
  const listed = STATEFUL[name]
  if (listed === undefined) return false
  return dependentsOf(name, listed, file).has(file)
}

const PACKAGE: RegExp =
  sep === '\\' ? /\\node_modules\\([^\\]+)\\(?!.*\\node_modules\\)/ : /\/node_modules\/([^/]+)\/(?!.*\/node_modules\/)/

/** By package; a pure function of the installed files. */
const known = new Map<string, ReadonlySet<string>>()

function dependentsOf(name: string, listed: readonly string[], file: string): ReadonlySet<string> {
  const cached = known.get(name)
  if (cached !== undefined) return cached
  const requiredBy = requireGraph(file, name)
  const dependents = new Set<string>()
  const pending = [...requiredBy.keys()].filter(path => listed.some(tail => path.replaceAll('\\', '/').endsWith(tail)))
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (dependents.has(path)) continue
    dependents.add(path)
    pending.push(...(requiredBy.get(path) ?? []))
  }
  known.set(name, dependents)
  return dependents
}

/** Who requires whom inside the package, from its main file on. */
function requireGraph(file: string, name: string): ReadonlyMap<string, readonly string[]> {
  const requiredBy = new Map<string, string[]>()
  const pending = [createRequire(file).resolve(name), file]
  const seen = new Set<string>()
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (seen.has(path) || !path.endsWith('.js')) continue
    seen.add(path)
    if (!requiredBy.has(path)) requiredBy.set(path, [])
    const require = createRequire(path)
    for (const [, request = ''] of readFileSync(path, 'utf8').matchAll(REQUIRE)) {
      const target = resolved(require, request)
      if (target === undefined || PACKAGE.exec(target)?.[1] !== name) continue
      requiredBy.set(target, [...(requiredBy.get(target) ?? []), path])
      pending.push(target)
    }
  }
  return requiredBy
}

const REQUIRE = /\brequire\(\s*['"]([^'"]+)['"]\s*\)/g

/** An optional dependency that is not installed resolves to nothing. */
function resolved(require: NodeJS.Require, request: string): string | undefined {
  if (isBuiltin(request)) return undefined
  try {
    return require.resolve(request)
  } catch {
    return undefined
  }
}
