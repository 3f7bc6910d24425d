// Modules as a host has them: each boot gets its own instances of the modules that hold state, and shares all others.
//
// Real machines share no memory. One counter in a library's module, shared by the hosts of a process, lets one host's
// crash switch off another host's time-outs, and makes a run depend on the runs before it. A module is fresh for each boot
// if it is ours (system/), if it is known to hold state, or if it requires one that is fresh.
//
// Every file is compiled once in a process, to a script that gives a new instance each time it is executed.

import { resolve } from 'node:path'
import { PROJECT_ROOT, sourceOf } from './module-source.ts'
import type { SourcePatch } from './source-patch.ts'

export interface ModuleGraph {
  /** The exports of the file at `path`, relative to the project. */
  load<T>(path: string): T
}

/** A new graph: nothing in it is shared with another but what holds no state. */
export function moduleGraph(patches: readonly SourcePatch[]): ModuleGraph {
  const fresh = new Map<string, { exports: unknown }>()
  const load = (file: string): unknown => {
    const known = fresh.get(file)
    if (known !== undefined) return known.exports
    const source = sourceOf(file, patches)
    const module = { exports: {} as unknown }
    fresh.set(file, module)
    const require = (request: string): unknown => {
      const target = source.freshTargetOf(request)
      return target === undefined ? source.require(request) : load(target)
    }
    source.instantiate(module, require)
    return module.exports
  }
  return { load: path => load(resolve(PROJECT_ROOT, path)) as never }
}
