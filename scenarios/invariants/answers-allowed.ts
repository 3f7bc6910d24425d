// Every request is answered as the API says: with what was asked for or, while things go wrong and only then, with an error
// that says so. That a block is missing, or that nobody knows what went wrong, is never an answer.

import type { Operation } from '../history.ts'
import { findingOf } from './invariant.ts'
import type { Invariant } from './invariant.ts'

export const ANSWERS_ALLOWED: Invariant = {
  name: 'answers allowed',
  kind: 'safety',
  check({ history }) {
    const wrong: unknown[] = []
    for (const operation of history) {
      const why = wrongnessOf(operation)
      if (why === undefined) continue
      const { kind, host, phase, returnedMicros: atMicros } = operation
      wrong.push({ kind, host, phase, atMicros, why })
    }
    return findingOf('requests were answered with what no client should see', wrong)
  },
}

const DURING_STORMS: ReadonlySet<string> = new Set([
  '503 ServiceUnavailableError',
  '504 OutcomeUnknownError',
  '504 QueryTimeoutError',
  '408 RequestTimeoutError',
])

function wrongnessOf(operation: Operation): string | undefined {
  const { reply, phase } = operation
  // What was called in the storm may return after it.
  const mayFail = phase === 'storm'
  switch (reply.kind) {
    case 'strange':
      return `status ${reply.status} with ${reply.what}`
    case 'none':
    case 'not-sent':
      return mayFail ? undefined : `no answer: ${reply.why}`
    case 'status': {
      if (reply.code === undefined) return undefined
      // What is refused is for the invariant of refusals to judge.
      if (operation.kind === 'write' && reply.status < 500 && reply.status !== 408) return undefined
      const said = `${reply.status} ${reply.code}`
      return mayFail && DURING_STORMS.has(said) ? undefined : `${said}: ${reply.message ?? ''}`
    }
  }
}
