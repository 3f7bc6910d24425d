// In the end every count, and every extraction with conditions, is that of the visible set; at any time no count is higher
// than what could have been stored.

import type { QueryOperation, Row } from '../history.ts'
import { formatQuery, passes } from '../query.ts'
import { bodyOf } from '../source-event.ts'
import { attemptsOf, covers, matcherOf, timeOf } from './attempts.ts'
import { findingOf, unknown } from './invariant.ts'
import type { Evidence, Invariant } from './invariant.ts'
import { visibleSetsOf } from './visible-set.ts'

export const COUNTS_ARE_TRUE: Invariant = {
  name: 'counts are true',
  kind: 'safety',
  check(evidence) {
    const visibleOf = visibleSetsOf(evidence.history)
    const upperOf = upperBoundOf(evidence)
    const wrong: unknown[] = []
    let unread: string | undefined
    for (const operation of evidence.history) {
      if (operation.kind !== 'query' || operation.result === undefined) continue
      const { query, result } = operation
      const count = result.kind === 'count' ? result.count : result.rows.length
      const at = { query: formatQuery(query), atMicros: operation.returnedMicros, count }
      if (operation.phase !== 'final') {
        const upper = upperOf(operation)
        if (count > upper) wrong.push({ ...at, atMost: upper })
        continue
      }
      const visible = visibleOf(query)
      if (visible === undefined) unread = query.collection
      if (visible === undefined || operation.invokedMicros < visible.atMicros) continue
      const atLeast = matching(operation, visible.first, evidence).certain
      const last = matching(operation, visible.last, evidence)
      const atMost = last.certain + last.possible
      if (count < atLeast || count > atMost) wrong.push({ ...at, atLeast, atMost })
    }
    const finding = findingOf('counts are not those of what is visible', wrong)
    if (finding.outcome === 'held' && unread !== undefined) return unknown(`${unread} was not read in the end`)
    return finding
  },
}

/** Of the rows, how many the query is about: for certain, and perhaps, where a relative timeframe had just moved on. */
function matching(
  operation: QueryOperation,
  rows: readonly Row[],
  evidence: Evidence,
): { readonly certain: number; readonly possible: number } {
  let [certain, possible] = [0, 0]
  const { filters } = operation.query
  for (const { attempt, timestampMs } of rows) {
    const event = attempt === undefined ? undefined : evidence.events.get(attempt.key)
    if (attempt === undefined || event === undefined || timestampMs === undefined) continue
    if (filters.length > 0 && !passes(filters, bodyOf(event, attempt.number))) continue
    const match = covers(operation, { minMs: timestampMs, maxMs: timestampMs }, evidence)
    if (match === 'yes') certain++
    else if (match === 'maybe') possible++
  }
  return { certain, possible }
}

/** How many attempts could be there at most when the query returned. */
function upperBoundOf(evidence: Evidence): (operation: QueryOperation) => number {
  const matches = matcherOf(attemptsOf(evidence))
  return operation => {
    let upper = 0
    for (const sent of matches(operation.query)) {
      if (sent.operation.invokedMicros > operation.returnedMicros) continue
      if (sent.fate.kind === 'failed' || sent.fate.kind === 'refused') continue
      if (covers(operation, timeOf(sent, evidence), evidence) !== 'no') upper++
    }
    return upper
  }
}
