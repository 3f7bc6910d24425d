// Nothing is read that nobody sent, or that certainly was not taken: what was refused or failed stays out.

import { formatAttempt } from '../history.ts'
import type { QueryOperation, Row } from '../history.ts'
import { attemptsOf } from './attempts.ts'
import type { Attempts } from './attempts.ts'
import { findingOf } from './invariant.ts'
import type { Invariant } from './invariant.ts'

export const VISIBLE_WAS_ATTEMPTED: Invariant = {
  name: 'visible was attempted',
  kind: 'safety',
  check(evidence) {
    const attempts = attemptsOf(evidence)
    const strangers: unknown[] = []
    // A row is read again and again, and is the same object where it is the same row.
    const earliest = new Map<Row, QueryOperation>()
    for (const operation of evidence.history) {
      if (operation.kind !== 'query' || operation.result?.kind !== 'extraction') continue
      for (const row of operation.result.rows) {
        const known = earliest.get(row)
        if (known === undefined || operation.returnedMicros < known.returnedMicros) earliest.set(row, operation)
      }
    }
    for (const [row, operation] of earliest) {
      const why = strangenessOf(row, operation, attempts)
      if (why !== undefined) strangers.push({ row, why, collection: operation.query.collection })
    }
    return findingOf('events are read that nobody had stored', strangers)
  },
}

function strangenessOf(row: Row, { query, returnedMicros }: QueryOperation, attempts: Attempts): string | undefined {
  if (row.attempt === undefined) return 'it does not say whose it is'
  const sent = attempts.get(formatAttempt(row.attempt))
  if (sent === undefined) return 'nobody sent it'
  const { event, operation, fate } = sent
  if (event.project !== query.project || event.collection !== query.collection) {
    return `it was sent to ${event.collection} of project ${event.project}`
  }
  if (operation.invokedMicros > returnedMicros) return 'it was read before it was sent'
  return fate.kind === 'failed' || fate.kind === 'refused' ? `its client was told that it ${fate.kind}` : undefined
}
