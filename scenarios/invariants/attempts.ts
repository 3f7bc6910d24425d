// The attempts of a history, and which of them a query is about. What an event holds is known from what was to be sent, so
// that a query's answer is judged by another reading of the specification than the product's.

import type { Attempt, Fate, QueryOperation, WriteOperation } from '../history.ts'
import { formatAttempt } from '../history.ts'
import { inTimeframe, passes } from '../query.ts'
import type { Match, Query, Span } from '../query.ts'
import { bodyOf } from '../source-event.ts'
import type { SourceEvent } from '../source-event.ts'
import type { Evidence } from './invariant.ts'

export interface SentAttempt {
  readonly attempt: Attempt
  /** In the form of `formatAttempt`. */
  readonly name: string
  readonly event: SourceEvent
  readonly operation: WriteOperation
  readonly fate: Fate
}

export type Attempts = ReadonlyMap<string, SentAttempt>

/** By the form of `formatAttempt`. An attempt at an event that nobody had to send is no attempt. */
export function attemptsOf({ history, events }: Evidence): Attempts {
  const attempts = new Map<string, SentAttempt>()
  for (const operation of history) {
    if (operation.kind !== 'write') continue
    for (const { what, fate } of operation.items) {
      if (what.kind !== 'event') continue
      const event = events.get(what.attempt.key)
      const name = formatAttempt(what.attempt)
      if (event !== undefined) attempts.set(name, { attempt: what.attempt, name, event, operation, fate })
    }
  }
  return attempts
}

/** Of a query's collection, those that pass its filters; computed once for queries that ask alike. */
export function matcherOf(attempts: Attempts): (query: Query) => readonly SentAttempt[] {
  const byCollection = Map.groupBy(attempts.values(), ({ event }) => keyOf(event))
  const known = new Map<string, readonly SentAttempt[]>()
  return query => {
    const key = JSON.stringify([query.project, query.collection, query.filters])
    const matching = known.get(key) ?? (byCollection.get(keyOf(query)) ?? []).filter(sent => isMatch(query, sent))
    known.set(key, matching)
    return matching
  }
}

/** Whether a query covers an event with this keen.timestamp. */
export function covers({ query, ...times }: QueryOperation, time: Span, { startEpochMs }: Evidence): Match {
  return inTimeframe(query.timeframe, time, wallSpanOf(times, startEpochMs))
}

/** keen.timestamp as far as it is known without having been read: as sent, or the moment at which it was received. */
export function timeOf({ event, operation }: SentAttempt, { startEpochMs }: Evidence): Span {
  if (event.timestamp !== undefined) return { minMs: event.timestamp.ms, maxMs: event.timestamp.ms }
  return wallSpanOf(operation, startEpochMs)
}

export function wallSpanOf(
  times: { readonly invokedMicros: number; readonly returnedMicros: number },
  startEpochMs: number,
): Span {
  const wallMs = (micros: number): number => startEpochMs + Math.floor(micros / 1_000)
  return { minMs: wallMs(times.invokedMicros), maxMs: wallMs(times.returnedMicros) }
}

function isMatch({ filters }: Query, { event, attempt }: SentAttempt): boolean {
  return filters.length === 0 || passes(filters, bodyOf(event, attempt.number))
}

function keyOf({ project, collection }: { readonly project: string; readonly collection: string }): string {
  return JSON.stringify([project, collection])
}
