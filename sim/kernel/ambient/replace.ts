// Replacing what Node or the language provides, so that nothing notices but a world.

import { current } from '../current.ts'

export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** What a replaced function does inside a run. `newTarget` is there if it was called with `new`. */
export type Inside = (args: unknown[], self: unknown, newTarget: AnyFunction | undefined) => unknown

/** Puts `value` in the place of what is there; the attributes of the property stay. Throws if there is nothing. */
export function replace(target: object, key: PropertyKey, value: unknown): void {
  const found = Object.getOwnPropertyDescriptor(target, key)
  if (found === undefined) throw new Error(`nothing to replace: ${String(key)}`)
  const { configurable = false, enumerable = false } = found
  Object.defineProperty(target, key, { value, configurable, enumerable, writable: true })
  if (target === globalThis || target === process) replaced.push({ target, key, value })
}

const replaced: { readonly target: object; readonly key: PropertyKey; readonly value: unknown }[] = []

/** For the start of a run: test runners take what they need out of the globals, and put back what was there before us. */
export function replaceAgain(): void {
  for (const { target, key, value } of replaced) {
    if (Reflect.get(target, key) !== value) Reflect.set(target, key, value)
  }
}

/** The function at `key` goes on outside a run, and does what `inside` says in one. */
export function route(target: object, key: PropertyKey, inside: Inside): void {
  const original = functionAt(target, key)
  const routed = function (this: unknown, ...args: unknown[]): unknown {
    const newTarget = new.target as AnyFunction | undefined
    if (current.world !== undefined) return inside(args, this, newTarget)
    return newTarget === undefined
      ? Reflect.apply(original, this, args)
      : (Reflect.construct(original, args, newTarget) as unknown)
  }
  replace(target, key, dressed(routed, original))
}

/** The accessor at `key` goes on outside a run, and answers what `inside` says in one. */
export function routeGetter(target: object, key: PropertyKey, inside: (self: unknown) => unknown): void {
  const found = Object.getOwnPropertyDescriptor(target, key)
  if (found === undefined) throw new Error(`nothing to replace: ${String(key)}`)
  let { value } = found as { value: unknown }
  Object.defineProperty(target, key, {
    configurable: found.configurable ?? false,
    enumerable: found.enumerable ?? false,
    get(this: unknown) {
      if (current.world !== undefined) return inside(this)
      return found.get === undefined ? value : (found.get.call(this) as unknown)
    },
    set(this: unknown, next: unknown) {
      if (found.get === undefined) value = next
      else found.set?.call(this, next)
    },
  })
}

/** `routed`, with the name, the prototype and all other properties of `original`. */
export function dressed<T extends AnyFunction>(routed: T, original: AnyFunction): T {
  for (const key of Reflect.ownKeys(original)) {
    if (key === 'prototype') continue
    Object.defineProperty(routed, key, Object.getOwnPropertyDescriptor(original, key) ?? {})
  }
  routed.prototype = original.prototype as unknown
  return routed
}

function functionAt(target: object, key: PropertyKey): AnyFunction {
  const found: unknown = Reflect.get(target, key)
  if (typeof found !== 'function') throw new Error(`no function to replace: ${String(key)}`)
  return found as AnyFunction
}
