// What clients did and saw: every operation with the true virtual times at which it was called and returned. It is the only
// thing that the invariants judge, so it says nothing about how the system works inside. Plain data: one JSON object a line.

import type { Query } from './query.ts'

export type History = readonly Operation[]

export type Operation = WriteOperation | QueryOperation

export type Phase = 'warm-up' | 'storm' | 'calm' | 'final'

interface OperationBase {
  readonly host: string
  /** In which it was called. */
  readonly phase: Phase
  readonly invokedMicros: number
  readonly returnedMicros: number
}

/** One request with events, and what it was told about each. */
export interface WriteOperation extends OperationBase {
  readonly kind: 'write'
  readonly form: 'single' | 'bulk'
  readonly project: string
  readonly reply: Reply
  /** In the order in which they were sent. */
  readonly items: readonly WriteItem[]
}

export interface WriteItem {
  readonly collection: string
  readonly what: SentItem
  readonly fate: Fate
}

/** An attempt to have an event stored, or something that must be refused and how. */
export type SentItem =
  | { readonly kind: 'event'; readonly attempt: Attempt }
  | { readonly kind: 'bad'; readonly name: string; readonly expected: Refusal }

/** An event is sent again as another attempt, so that two copies of one attempt are never the client's doing. */
export interface Attempt {
  /** The client's own name of the event. */
  readonly key: string
  /** From 1. */
  readonly number: number
}

/** What a bad request or event must be told: the status of the request, and the code of the error. */
export interface Refusal {
  readonly status: number
  readonly code: string
}

/** accepted: told so. refused, failed: it certainly is not stored. unknown: nobody told. */
export type Fate =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'failed' }
  | { readonly kind: 'unknown' }

/** What came back on the wire. */
export type Reply =
  | { readonly kind: 'status'; readonly status: number; readonly code?: string; readonly message?: string }
  | { readonly kind: 'not-sent'; readonly why: string }
  | { readonly kind: 'none'; readonly why: string }
  /** A status that promises an answer, with a body that is not one. */
  | { readonly kind: 'strange'; readonly status: number; readonly what: string }

export interface QueryOperation extends OperationBase {
  readonly kind: 'query'
  readonly query: Query
  readonly reply: Reply
  /** Only with a good reply. */
  readonly result?: QueryResult
}

export type QueryResult =
  { readonly kind: 'count'; readonly count: number } | { readonly kind: 'extraction'; readonly rows: readonly Row[] }

/** An event as it was read. */
export interface Row {
  /** Undefined: the row does not say whose it is. */
  readonly attempt: Attempt | undefined
  readonly id: string | undefined
  readonly timestampMs: number | undefined
  readonly createdAtMs: number | undefined
  /** Where what was read is not what was sent: the path and both values. */
  readonly difference?: string
}

/** `flights-00017/2`: unique in a run. */
export function formatAttempt(attempt: Attempt): string {
  return `${attempt.key}/${attempt.number}`
}
