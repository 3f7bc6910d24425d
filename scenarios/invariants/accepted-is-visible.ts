// What a client was told is accepted is there in the end.

import { formatAttempt } from '../history.ts'
import type { Row } from '../history.ts'
import { attemptsOf } from './attempts.ts'
import { findingOf, unknown } from './invariant.ts'
import type { Invariant } from './invariant.ts'
import { visibleSetsOf } from './visible-set.ts'

export const ACCEPTED_IS_VISIBLE: Invariant = {
  name: 'accepted is visible',
  kind: 'safety',
  check(evidence) {
    const visibleOf = visibleSetsOf(evidence.history)
    const visible = new Map<string, ReadonlySet<string>>()
    const lost: unknown[] = []
    let unread: string | undefined
    for (const { name, event, operation, fate } of attemptsOf(evidence).values()) {
      if (fate.kind !== 'accepted') continue
      const { project, collection } = event
      const key = JSON.stringify([project, collection])
      const rows = visible.get(key) ?? namesOf(visibleOf(event)?.first)
      if (rows === undefined) {
        unread ??= collection
        continue
      }
      visible.set(key, rows)
      if (!rows.has(name)) lost.push({ event: name, collection, acceptedMicros: operation.returnedMicros })
    }
    const finding = findingOf('accepted events are missing in the end', lost)
    if (finding.outcome === 'held' && unread !== undefined) return unknown(`${unread} was not read in the end`)
    return finding
  },
}

function namesOf(rows: readonly Row[] | undefined): ReadonlySet<string> | undefined {
  if (rows === undefined) return undefined
  return new Set(rows.map(({ attempt }) => (attempt === undefined ? '' : formatAttempt(attempt))))
}
