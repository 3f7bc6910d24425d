// What must be refused is refused, with the status and the code that the API names; what is good never is.

import { formatAttempt } from '../history.ts'
import type { WriteItem, WriteOperation } from '../history.ts'
import { findingOf } from './invariant.ts'
import type { Invariant } from './invariant.ts'

export const REFUSALS_AS_SPECIFIED: Invariant = {
  name: 'refusals as specified',
  kind: 'safety',
  check({ history }) {
    const wrong: unknown[] = []
    for (const operation of history) {
      if (operation.kind !== 'write') continue
      for (const item of operation.items) {
        const why = wrongnessOf(item, operation)
        if (why !== undefined)
          wrong.push({ what: nameOf(item), why, host: operation.host, atMicros: operation.returnedMicros })
      }
    }
    return findingOf('requests were judged other than the API says', wrong)
  },
}

function wrongnessOf({ what, fate }: WriteItem, { reply }: WriteOperation): string | undefined {
  if (what.kind === 'event') return fate.kind === 'refused' ? `a good event was refused with ${fate.code}` : undefined
  const { status, code } = what.expected
  switch (fate.kind) {
    case 'accepted':
      return `it was accepted, not refused with ${code}`
    case 'refused': {
      const got = reply.kind === 'status' ? reply.status : undefined
      return fate.code === code && got === status ? undefined : `${got} ${fate.code}, not ${status} ${code}`
    }
    case 'failed':
    case 'unknown':
      // The request as a whole was not answered.
      return undefined
  }
}

function nameOf({ what }: WriteItem): string {
  return what.kind === 'event' ? formatAttempt(what.attempt) : what.name
}
