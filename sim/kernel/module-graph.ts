// Modules as a host has them: each boot gets its own instances of the modules that hold state, and shares all others.
//
// Real machines share no memory. One counter in a library's module, shared by the hosts of a process, lets one host's
// crash switch off another host's time-outs, and makes a run depend on the runs before it. A module is fresh for each boot
// if it is known to hold state, or if it requires one that is fresh. Modules under system/ hold none: lint refuses the usual
// ways to, and a run that is verified in a fresh process would show another. Code that meets one class of each name is fast.
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
  const fresh = new Map<string, Module>()
  const isFresh = freshness(patches)
  const load = (file: string): unknown => {
    const modules = isFresh(file) ? fresh : shared
    const known = modules.get(file)
    if (known !== undefined) return known.exports
    const source = sourceOf(file, patches)
    const module: Module = { exports: {} }
    modules.set(file, module)
    const require = (request: string): unknown => {
      const target = source.targetOf(request)
      return target === undefined ? source.require(request) : load(target)
    }
    source.instantiate(module, require)
    return module.exports
  }
  return { load: path => load(resolve(PROJECT_ROOT, path)) as never }
}

interface Module {
  exports: unknown
}

/** Of files that hold no state and depend on no planted bug: the same whoever loads them. */
const shared = new Map<string, Module>()

/** Whether a boot must have a file's module for itself. */
function freshness(patches: readonly SourcePatch[]): (file: string) => boolean {
  const known = new Map<string, boolean>()
  const isFresh = (file: string): boolean => {
    const answer = known.get(file)
    if (answer !== undefined) return answer
    // Two files that require each other ask for each other here.
    known.set(file, false)
    const source = sourceOf(file, patches)
    const found =
      !source.isStateless ||
      source.requests.some(request => {
        const target = source.targetOf(request)
        return target !== undefined && isFresh(target)
      })
    known.set(file, found)
    return found
  }
  return isFresh
}
