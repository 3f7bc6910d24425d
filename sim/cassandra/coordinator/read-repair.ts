// Read repair: replicas are told what they lack of what others have, before the client is told anything. Otherwise the next
// read at the same level, which may ask others, could see less.

import type { Clock } from '../../../system/runtime/clock.ts'
import type { Fragment } from '../data/fragment.ts'
import type { Body } from '../messaging/messaging.ts'
import { sizeOfWrites, writeWrites } from '../messaging/mutation-codec.ts'
import { VERB } from '../messaging/verb.ts'
import { RequestError } from '../request-error.ts'
import type { RingNode } from '../ring/ring.ts'
import type { AskParts } from './ask-replicas.ts'
import type { Quota } from './availability.ts'

export interface Repair {
  readonly quota: Quota
  readonly table: string
  /** Of the monotonic clock. */
  readonly untilMs: number
  readonly missing: readonly { readonly node: RingNode; readonly fragments: readonly Fragment[] }[]
}

/** Rejects with a read time-out unless all have taken it in time. */
export async function repairReplicas(
  { replica, messaging, clock, membership }: AskParts & { readonly clock: Clock },
  { table, quota, untilMs, missing }: Repair,
): Promise<void> {
  const repairs = missing.flatMap(({ node, fragments }) =>
    fragments.map(async fragment => {
      const writes = [{ table, fragment }]
      if (node.address === membership.self) return replica.apply(writes).then(() => true)
      const timeoutMs = Math.max(1, untilMs - clock.monotonicMs())
      const body: Body = { sizeHint: sizeOfWrites(writes), write: writer => writeWrites(writer, writes) }
      return (await messaging.ask(node.address, { verb: VERB.mutate, timeoutMs, body })) !== undefined
    }),
  )
  if (repairs.length === 0) return
  const results = await Promise.allSettled(repairs)
  if (results.every(result => result.status === 'fulfilled' && result.value)) return
  const { consistency, blockFor } = quota
  throw new RequestError(
    { kind: 'read-timeout', consistency, received: blockFor, blockFor, dataPresent: true },
    'Operation timed out while waiting for repair of inconsistent replica.',
  )
}
