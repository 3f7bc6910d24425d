// From a request's body to the queue's word on it. A request's events that can be taken are one record: one fate.

import type { Configuration } from '../configuration.ts'
import type { PublishOutcome } from '../queue/publication.ts'
import type { Publisher } from '../queue/publisher.ts'
import type { RecordedEvent } from '../queue/record.ts'
import type { Clock, EpochMs } from '../runtime/clock.ts'
import { refuseCollectionName } from './names.ts'
import { readBatch, readSingle } from './read-body.ts'
import type { BodyFault, ReadEvent } from './read-body.ts'
import type { Refusal } from './refusal.ts'

/** created: the event is in the log. not-taken: it is not, or nobody knows; the queue's outcome says which. */
export type SingleAnswer =
  { readonly kind: 'created' } | { readonly kind: 'event-refused'; readonly refusal: Refusal } | NotTaken | BodyFault

/** results: one for each event of the request, in its place; undefined: the event is in the log. */
export type BatchAnswer =
  | { readonly kind: 'results'; readonly results: ReadonlyMap<string, readonly (Refusal | undefined)[]> }
  | NotTaken
  | BodyFault

export interface NotTaken {
  readonly kind: 'not-taken'
  readonly outcome: Exclude<PublishOutcome, { readonly kind: 'accepted' }>
}

export interface Ingest {
  single(request: {
    readonly project: string
    readonly collection: string
    readonly body: Uint8Array
  }): Promise<SingleAnswer>
  batch(request: { readonly project: string; readonly body: Uint8Array }): Promise<BatchAnswer>
}

export function createIngest(
  ports: { readonly clock: Clock; readonly publisher: Publisher },
  configuration: Configuration,
): Ingest {
  const { limits } = configuration

  /** Where it is decided what the client is told: nothing counts as taken before Kafka has answered. */
  async function publish(
    project: string,
    receivedAt: EpochMs,
    events: readonly RecordedEvent[],
  ): Promise<NotTaken | undefined> {
    const outcome = await ports.publisher.publish({ project, receivedAt, events })
    return outcome.kind === 'accepted' ? undefined : { kind: 'not-taken', outcome }
  }

  return {
    async single({ project, collection, body }) {
      const nameRefusal = refuseCollectionName(collection)
      if (nameRefusal !== undefined) return { kind: 'event-refused', refusal: nameRefusal }
      const read = readSingle(body, limits)
      if (read.kind === 'refused') return { kind: 'event-refused', refusal: read.refusal }
      if (read.kind !== 'event') return read
      const receivedAt = Math.max(0, ports.clock.wallMs())
      const notTaken = await publish(project, receivedAt, [stamped(collection, read, receivedAt)])
      return notTaken ?? { kind: 'created' }
    },

    async batch({ project, body }) {
      const read = readBatch(body, limits)
      if (read.kind !== 'batch') return read
      const receivedAt = Math.max(0, ports.clock.wallMs())
      const events: RecordedEvent[] = []
      const results = new Map<string, readonly (Refusal | undefined)[]>()
      for (const [collection, readEvents] of read.collections) {
        const fates = readEvents.map(event => {
          if (event.kind === 'refused') return event.refusal
          events.push(stamped(collection, event, receivedAt))
          return undefined
        })
        results.set(collection, fates)
      }
      const notTaken = events.length === 0 ? undefined : await publish(project, receivedAt, events)
      return notTaken ?? { kind: 'results', results }
    },
  }
}

/** An event without a time happened when it was received. */
function stamped(
  collection: string,
  event: Extract<ReadEvent, { readonly kind: 'event' }>,
  receivedAt: EpochMs,
): RecordedEvent {
  return { collection, timestamp: event.timestamp ?? receivedAt, body: event.body }
}
