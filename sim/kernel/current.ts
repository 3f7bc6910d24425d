// Which world runs in this process at this moment, and on which host. The one mutable thing that all runs of a process
// share: the ambient shim has no other way to know whom it answers for.

import type { Host } from './host.ts'
import type { World } from './world.ts'

export const current: { world: World | undefined; host: Host | undefined; incarnation: number } = {
  world: undefined,
  host: undefined,
  incarnation: 0,
}
