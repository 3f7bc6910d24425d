// What ingest hands to the queue, and what the queue says of it.

import type { EpochMs } from '../runtime/clock.ts'
import type { RecordedEvent } from './record.ts'

/** A record before it has its place: the queue chooses the partition and numbers it. */
export interface Publication {
  readonly project: string
  readonly receivedAt: EpochMs
  /** At least one. */
  readonly events: readonly RecordedEvent[]
}

/**
 * accepted: Kafka has answered that the record is in the log. refused: it certainly is not, and never will be.
 * unknown: it was sent, and may be in the log now or later.
 */
export type PublishOutcome =
  | { readonly kind: 'accepted'; readonly place: Place }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string }

export interface Place {
  readonly partition: number
  readonly offset: number
  readonly writer: string
  readonly n: number
}
