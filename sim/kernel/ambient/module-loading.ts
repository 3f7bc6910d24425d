// A module that all share may be loaded for the first time inside a run: what it does at its top level is then real, as it
// would be in the next run, which finds it loaded.

import Module from 'node:module'
import { current } from '../current.ts'
import type { AnyFunction } from './replace.ts'

/** Runs `load` as if no world were running. */
export function outsideTheRun<T>(load: () => T): T {
  const { world } = current
  if (world === undefined) return load()
  current.world = undefined
  try {
    return load()
  } finally {
    current.world = world
  }
}

export function routeModuleLoading(): void {
  const loader = Module as unknown as { _load: AnyFunction }
  const load = loader._load
  loader._load = function (this: unknown, ...args: unknown[]): unknown {
    return outsideTheRun(() => Reflect.apply(load, this, args))
  }
}
