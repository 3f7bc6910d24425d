// Nothing inside a run may depend on when memory is collected: weak references are strong, and nobody is told of an end.

import { current } from '../current.ts'
import { dressed, replace } from './replace.ts'
import type { AnyFunction } from './replace.ts'

export function routeWeakness(): void {
  const RealRef = WeakRef
  const targets = new WeakMap<object, object>()
  const ref = function (this: unknown, target: WeakKey): unknown {
    if (new.target === undefined) throw new TypeError("Constructor WeakRef requires 'new'")
    const made = Reflect.construct(RealRef, [target], new.target) as object
    if (current.world !== undefined) targets.set(made, target as object)
    return made
  }
  replace(globalThis, 'WeakRef', dressed(ref as AnyFunction, RealRef as unknown as AnyFunction))
  replace(RealRef.prototype, 'constructor', WeakRef)

  const { register } = FinalizationRegistry.prototype
  replace(
    FinalizationRegistry.prototype,
    'register',
    function (this: FinalizationRegistry<unknown>, ...args: unknown[]) {
      if (current.world === undefined) register.apply(this, args as Parameters<typeof register>)
    },
  )
}
