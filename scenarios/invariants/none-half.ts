// What is read is what was sent, value for value, with the times that the server must give it.

import { formatAttempt } from '../history.ts'
import type { Row } from '../history.ts'
import { attemptsOf, wallSpanOf } from './attempts.ts'
import type { SentAttempt } from './attempts.ts'
import { findingOf } from './invariant.ts'
import type { Evidence, Invariant } from './invariant.ts'

export const NONE_HALF: Invariant = {
  name: 'none half',
  kind: 'safety',
  check(evidence) {
    const attempts = attemptsOf(evidence)
    const seen = new Set<Row>()
    const others: unknown[] = []
    for (const operation of evidence.history) {
      if (operation.kind !== 'query' || operation.result?.kind !== 'extraction') continue
      for (const row of operation.result.rows) {
        if (seen.has(row)) continue
        seen.add(row)
        const name = row.attempt === undefined ? undefined : formatAttempt(row.attempt)
        const sent = name === undefined ? undefined : attempts.get(name)
        const difference = row.difference ?? (sent === undefined ? undefined : timeDifference(row, sent, evidence))
        if (difference !== undefined) others.push({ event: name, difference, atMicros: operation.returnedMicros })
      }
    }
    return findingOf('events are not what was sent', others)
  },
}

/** created_at lies within the request; keen.timestamp is what was sent, or else created_at. */
function timeDifference(row: Row, sent: SentAttempt, { startEpochMs }: Evidence): string | undefined {
  const { createdAtMs, timestampMs } = row
  if (createdAtMs === undefined) return 'it has no created_at'
  const { operation, event } = sent
  const { minMs, maxMs } = wallSpanOf(operation, startEpochMs)
  // Who has no answer does not know when the request was read: it may lie in a host that does not run.
  const isAnswered = operation.reply.kind === 'status'
  if (createdAtMs < minMs || (isAnswered && createdAtMs > maxMs)) return `it was created at ${createdAtMs}`
  const wantedMs = event.timestamp?.ms ?? createdAtMs
  return timestampMs === wantedMs ? undefined : `its timestamp is ${timestampMs}, not ${wantedMs}`
}
