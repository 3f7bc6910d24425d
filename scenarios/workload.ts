// What clients send and readers ask, drawn before the world starts: a plain list, so that a fault changes what happens to it
// and never what it is.

import type { Refusal } from './history.ts'
import type { Query } from './query.ts'
import type { SourceEvent } from './source-event.ts'

export interface Workload {
  /** Sent and awaited before the storm. */
  readonly warmUp: readonly Send[]
  readonly clients: readonly ClientScript[]
  readonly readers: readonly ReaderScript[]
  /** All that events are sent to, and one more that nothing is. */
  readonly collections: readonly Pick<Query, 'project' | 'collection'>[]
  /** Sent when all is calm, to see how soon a fresh event is visible. */
  readonly probes: readonly Send[]
  /** Asked last: extractions of all, which define the visible set, at the beginning and at the end. */
  readonly finalQueries: readonly Query[]
  /** Every event that is sent. */
  readonly events: ReadonlyMap<string, SourceEvent>
}

/** Sends in order of time; a late one goes as soon as the client has a hand free. */
export interface ClientScript {
  readonly host: string
  readonly sends: readonly Send[]
  /** Sent one after the other, from the end of the others to the end of the storm: no fault meets a world at rest. */
  readonly reserve: readonly EventsSend[]
}

export interface ReaderScript {
  readonly host: string
  /** Asked over and over. */
  readonly queries: readonly Query[]
  readonly pauseMs: number
}

/** One request. */
export type Send = EventsSend | BadRequestSend

export interface EventsSend {
  readonly kind: 'events'
  /** From the start of the storm. */
  readonly atMs: number
  readonly form: 'single' | 'bulk'
  readonly project: string
  /** A single one has one item. */
  readonly items: readonly SendItem[]
}

export type SendItem =
  { readonly kind: 'event'; readonly event: SourceEvent } | { readonly kind: 'bad'; readonly bad: BadEvent }

/** A request that cannot be taken at all. */
export interface BadRequestSend {
  readonly kind: 'bad-request'
  readonly atMs: number
  readonly bad: BadRequest
}

/** An event that must be refused, alone or among good ones. */
export interface BadEvent {
  readonly name: string
  readonly collection: string
  /** Any JSON value. */
  readonly value: unknown
  /** As the only event of a request. */
  readonly alone: Refusal
  /** Its own error in the answer to a bulk request, which has status 200. */
  readonly inBulk: string
}

export interface BadRequest {
  readonly name: string
  readonly project: string
  /** One event to this collection, or a bulk request. */
  readonly collection?: string
  readonly key: 'write' | 'read' | 'wrong' | 'none'
  readonly body: string
  readonly expected: Refusal
}
