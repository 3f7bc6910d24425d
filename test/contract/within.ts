// Where the body of a contract runs: in a process that has the six ports, whichever implementation they are of.

import type { Runtime } from '../../system/runtime/runtime.ts'
import { inWorld } from './in-world.ts'

/** Rejects with what the body rejects with. */
export type Within = (body: (runtime: Runtime) => Promise<void>) => Promise<void>

export const withinSimulation: Within = async body => {
  await inWorld('contract', process => body(process.runtime))
}
