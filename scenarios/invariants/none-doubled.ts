// No event is there twice: in no answer, and under no two ids.

import { formatAttempt } from '../history.ts'
import { findingOf } from './invariant.ts'
import type { Invariant } from './invariant.ts'

export const NONE_DOUBLED: Invariant = {
  name: 'none doubled',
  kind: 'safety',
  check({ history }) {
    const doubles: unknown[] = []
    const idOf = new Map<string, string>()
    const attemptOf = new Map<string, string>()
    for (const operation of history) {
      if (operation.kind !== 'query' || operation.result?.kind !== 'extraction') continue
      const names = new Set<string>()
      for (const { attempt, id } of operation.result.rows) {
        if (attempt === undefined) continue
        const name = formatAttempt(attempt)
        const atMicros = operation.returnedMicros
        if (names.has(name)) doubles.push({ event: name, why: 'twice in one answer', atMicros })
        names.add(name)
        if (id === undefined) {
          doubles.push({ event: name, why: 'it has no id', atMicros })
          continue
        }
        const otherId = idOf.get(name)
        const other = attemptOf.get(id)
        if (otherId !== undefined && otherId !== id) {
          doubles.push({ event: name, why: `it has the ids ${otherId} and ${id}`, atMicros })
        }
        if (other !== undefined && other !== name)
          doubles.push({ event: name, why: `${other} has its id ${id}`, atMicros })
        idOf.set(name, id)
        attemptOf.set(id, name)
      }
    }
    return findingOf('events are there twice', doubles)
  },
}
