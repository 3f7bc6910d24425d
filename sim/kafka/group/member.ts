// One member of a group, as the coordinator keeps it.

import type { GroupProtocol } from '../wire/join-group.ts'

export interface Member {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocols: readonly GroupProtocol[]
  /** Opaque: the group's leader wrote it. */
  assignment: Buffer
  lastSeenMs: number
}
