// What was read once is read again by every later query that is about it: a reader asks a quorum, and so it never goes back.

import { formatAttempt } from '../history.ts'
import type { QueryOperation } from '../history.ts'
import { formatQuery } from '../query.ts'
import { attemptsOf, covers, matcherOf } from './attempts.ts'
import { findingOf } from './invariant.ts'
import type { Evidence, Invariant } from './invariant.ts'

export const NOTHING_VANISHES: Invariant = {
  name: 'nothing vanishes',
  kind: 'safety',
  check(evidence) {
    const seen = firstSeen(evidence)
    const matches = matcherOf(attemptsOf(evidence))
    const gone: unknown[] = []
    for (const operation of evidence.history) {
      if (operation.kind !== 'query' || operation.result === undefined) continue
      const { query, result, invokedMicros, host, phase } = operation
      const names = result.kind === 'extraction' ? namesOf(result.rows) : undefined
      let least = 0
      let missing: string | undefined
      for (const { name } of matches(query)) {
        const before = seen.get(name)
        if (before === undefined || before.atMicros >= invokedMicros) continue
        const time = { minMs: before.timestampMs, maxMs: before.timestampMs }
        if (covers(operation, time, evidence) !== 'yes') continue
        least++
        if (names?.has(name) === false) missing ??= name
      }
      const at = { query: formatQuery(query), host, phase, atMicros: operation.returnedMicros }
      if (missing !== undefined) gone.push({ ...at, event: missing, seenMicros: seen.get(missing)?.atMicros })
      if (result.kind === 'count' && result.count < least) gone.push({ ...at, count: result.count, atLeast: least })
    }
    return findingOf('events that had been read were not there again', gone)
  },
}

function firstSeen({ history }: Evidence): ReadonlyMap<string, { atMicros: number; timestampMs: number }> {
  const seen = new Map<string, { atMicros: number; timestampMs: number }>()
  for (const operation of history) {
    if (operation.kind !== 'query' || operation.result?.kind !== 'extraction') continue
    const atMicros = operation.returnedMicros
    for (const { attempt, timestampMs } of operation.result.rows) {
      if (attempt === undefined || timestampMs === undefined) continue
      const name = formatAttempt(attempt)
      const known = seen.get(name)
      if (known === undefined || known.atMicros > atMicros) seen.set(name, { atMicros, timestampMs })
    }
  }
  return seen
}

function namesOf(rows: Extract<QueryOperation['result'], { kind: 'extraction' }>['rows']): ReadonlySet<string> {
  return new Set(rows.map(({ attempt }) => (attempt === undefined ? '' : formatAttempt(attempt))))
}
