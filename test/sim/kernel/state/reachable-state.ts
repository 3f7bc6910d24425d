// A picture of all objects that can be reached from the variables of modules, to be held against what they are later.

import { builtinModules, createRequire } from 'node:module'
import { types } from 'node:util'
import type { Bindings } from './top-level-bindings.ts'

export interface Picture {
  /** What has changed since, as `module variable.path: before → after`; only of objects that were there before. */
  changes(): readonly string[]
}

interface Seen {
  readonly path: string
  readonly contents: Contents
}

/** The keys and values of an object, as they were. */
interface Contents {
  readonly keys: readonly unknown[]
  readonly values: readonly unknown[]
}

export function pictureOf(bindings: Bindings, nameOf: (file: string) => string): Picture {
  const opaque = ofTheEngine()
  const seen = new Map<object, Seen>()
  const pending: { readonly value: object; readonly path: string }[] = []
  const reach = (value: unknown, path: string): void => {
    if (isObject(value) && !opaque.has(value) && !isOpaque(value)) pending.push({ value, path })
  }
  for (const [file, variables] of bindings) {
    const contents = contentsOf(variables, true)
    seen.set(variables, { path: nameOf(file), contents })
    contents.values.forEach((value, index) => reach(value, `${nameOf(file)} ${String(contents.keys[index])}`))
  }
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, path } = next
    if (seen.has(value)) continue
    const contents = contentsOf(value, false)
    seen.set(value, { path, contents })
    contents.keys.forEach((key, index) => {
      reach(key, `${path}{key}`)
      reach(contents.values[index], `${path}.${shown(key)}`)
    })
  }
  return {
    changes: () =>
      [...seen].flatMap(([value, { path, contents }]) => {
        const now = contentsOf(value, [...bindings.values()].includes(value))
        return differences(contents, now).map(difference => `${path}${difference}`)
      }),
  }
}

function differences(before: Contents, after: Contents): string[] {
  const found: string[] = []
  const values = new Map(after.keys.map((key, index) => [key, after.values[index]]))
  before.keys.forEach((key, index) => {
    const value = before.values[index]
    if (!values.has(key)) found.push(`.${shown(key)}: ${shown(value)} → nothing`)
    else if (!Object.is(values.get(key), value))
      found.push(`.${shown(key)}: ${shown(value)} → ${shown(values.get(key))}`)
    values.delete(key)
  })
  for (const [key, value] of values) found.push(`.${shown(key)}: nothing → ${shown(value)}`)
  return found
}

/** Own properties, and what is in a collection; accessors are not called, except those that hand variables out. */
function contentsOf(value: object, callsGetters: boolean): Contents {
  const keys: unknown[] = []
  const values: unknown[] = []
  const add = (key: unknown, held: unknown): void => {
    keys.push(key)
    values.push(held)
  }
  if (ArrayBuffer.isView(value)) {
    add('bytes', Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1'))
    return { keys, values }
  }
  for (const key of Reflect.ownKeys(value)) {
    const { get, set, value: held } = Object.getOwnPropertyDescriptor(value, key) ?? {}
    if (get === undefined && set === undefined) add(key, held)
    else if (callsGetters) add(key, Reflect.get(value, key))
    else {
      add(`get ${String(key)}`, get)
      add(`set ${String(key)}`, set)
    }
  }
  if (value instanceof Map) for (const [key, held] of value as Map<unknown, unknown>) add(key, held)
  if (value instanceof Set) for (const held of value as Set<unknown>) add(held, true)
  if (value instanceof Date) add('time', value.getTime())
  add(PROTOTYPE, Object.getPrototypeOf(value))
  return { keys, values }
}

const PROTOTYPE = Symbol('its prototype')

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** Nothing can be said of what is in them without changing it. */
function isOpaque(value: object): boolean {
  return types.isProxy(value) || types.isModuleNamespaceObject(value)
}

/** What Node and the language provide is not followed: it has its own chapter, the ambient shim. */
function ofTheEngine(): ReadonlySet<object> {
  const require = createRequire(import.meta.url)
  const opaque = new Set<object>([globalThis, process])
  const add = (value: unknown): void => {
    if (!isObject(value) || opaque.has(value)) return
    opaque.add(value)
    if (typeof value === 'function') add(value.prototype)
  }
  const addAll = (holder: object): void => {
    for (const key of Reflect.ownKeys(holder)) add(Object.getOwnPropertyDescriptor(holder, key)?.value)
  }
  addAll(globalThis)
  for (const name of builtinModules) {
    if (DEPRECATED.test(name)) continue
    const exports = require(name) as object
    add(exports)
    addAll(exports)
  }
  return opaque
}

const DEPRECATED = /^(punycode|sys|_stream|_tls|trace_events|node:sqlite|node:ffi|wasi)/

function shown(value: unknown): string {
  if (typeof value === 'function') return `function ${value.name}`
  if (typeof value === 'object' && value !== null) return Object.prototype.toString.call(value)
  return String(value).slice(0, 80)
}
