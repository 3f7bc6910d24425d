// The whole outside world of a process, as six small ports. Nothing under system/ reaches the outside any other way.

import type { Clock } from './clock.ts'
import type { Cpu } from './cpu.ts'
import type { Disk } from './disk.ts'
import type { Entropy } from './entropy.ts'
import type { Log } from './log.ts'
import type { Network } from './network.ts'

export interface Runtime {
  /** The name of the host that this process runs on, as it stands in logs and metrics. */
  readonly host: string
  readonly clock: Clock
  readonly entropy: Entropy
  readonly network: Network
  readonly disk: Disk
  readonly cpu: Cpu
  readonly log: Log
}
