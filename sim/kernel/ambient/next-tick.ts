// Ticks that cannot throw: a throw out of one, caught around the drain, leaves Node's own bookkeeping corrupted, and the
// process is aborted later.

import { current } from '../current.ts'
import type { World } from '../world.ts'
import { dressed, replace } from './replace.ts'
import type { AnyFunction } from './replace.ts'

export function routeNextTick(): void {
  const real = process.nextTick as unknown as AnyFunction
  const nextTick = function (callback: AnyFunction, ...args: unknown[]): void {
    const { world } = current
    if (world === undefined || typeof callback !== 'function') real.call(process, callback, ...args)
    else real.call(process, guard, world, callback, args)
  }
  replace(process, 'nextTick', dressed(nextTick as AnyFunction, real))
}

function guard(this: unknown, world: World, callback: AnyFunction, args: unknown[]): void {
  try {
    callback(...args)
  } catch (error) {
    world.fault(error)
  }
}
