// When nothing goes wrong, an event is visible within five seconds of being accepted.

import { formatAttempt } from '../history.ts'
import { findingOf, unknown } from './invariant.ts'
import type { Invariant } from './invariant.ts'

export const FRESH_IS_VISIBLE_SOON: Invariant = {
  name: 'fresh is visible soon',
  kind: 'goal',
  check({ history }) {
    const accepted = new Map<string, number>()
    const visible = new Map<string, number>()
    for (const operation of history) {
      if (operation.phase !== 'final') continue
      if (operation.kind === 'write') {
        for (const { what, fate } of operation.items) {
          if (what.kind !== 'event' || fate.kind !== 'accepted') continue
          accepted.set(formatAttempt(what.attempt), operation.returnedMicros)
        }
      } else if (operation.result?.kind === 'extraction') {
        for (const { attempt } of operation.result.rows) {
          if (attempt === undefined) continue
          const name = formatAttempt(attempt)
          visible.set(name, Math.min(visible.get(name) ?? Infinity, operation.returnedMicros))
        }
      }
    }
    if (accepted.size === 0) return unknown('no event was accepted when all was calm')
    const late: unknown[] = []
    for (const [event, acceptedMicros] of accepted) {
      const tookMs = ((visible.get(event) ?? Infinity) - acceptedMicros) / 1_000
      if (tookMs > VISIBLE_WITHIN_MS) late.push({ event, acceptedMicros, tookMs })
    }
    return findingOf(`events took more than ${VISIBLE_WITHIN_MS} ms to be visible when nothing went wrong`, late)
  },
}

const VISIBLE_WITHIN_MS = 5_000
