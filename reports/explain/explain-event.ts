// All that happened to one event, in virtual time: what its clients did, what hosts said of it, what acted meanwhile, and what
// readers saw.

import { formatAttempt } from '../../scenarios/history.ts'
import type { History } from '../../scenarios/history.ts'
import type { LogRecord } from '../log-text.ts'
import type { FaultRecord } from '../run-record.ts'
import { idsSeenIn, readMoments, sendMoments } from './client-moments.ts'
import { hostMoments } from './host-moments.ts'
import type { Moment } from './moment.ts'
import { findAttempts } from './subject.ts'
import type { AttemptFound, Found, Subject } from './subject.ts'

export interface Explanation {
  readonly attempts: readonly AttemptStory[]
  /** In order of time. */
  readonly moments: readonly Moment[]
}

/** One attempt in short. */
export interface AttemptStory extends AttemptFound {
  readonly fate: string
  readonly firstSeenMicros: number | undefined
  /** Answers that have it. */
  readonly seen: number
  /** Of those after all faults were over. */
  readonly seenAtTheEnd: number
}

export interface Evidence {
  readonly history: History
  readonly logs: readonly LogRecord[]
  readonly faults: readonly FaultRecord[]
}

/** Undefined: nobody sent such an event, and nobody saw it. */
export function explainEvent(evidence: Evidence, subject: Subject): Explanation | undefined {
  const { history, logs, faults } = evidence
  const found = findAttempts(history, subject)
  if (found.size === 0) return undefined
  const own = [...sendMoments(history, found), ...hostMoments(logs, history, found), ...readMoments(history, found)]
  const from = Math.min(...own.map(moment => moment.atMicros))
  const to = Math.max(...own.map(moment => moment.atMicros))
  const meanwhile = faultMoments(faults).filter(({ atMicros }) => atMicros >= from && atMicros <= to)
  return {
    attempts: [...found.values()].map(attempt => storyOf(history, found, attempt)),
    moments: [...own, ...meanwhile].toSorted((a, b) => a.atMicros - b.atMicros),
  }
}

function faultMoments(faults: readonly FaultRecord[]): readonly Moment[] {
  return faults.flatMap(({ fault, fromMicros, toMicros }) => [
    { atMicros: fromMicros, host: '', what: `fault begins: ${fault}` },
    { atMicros: toMicros, host: '', what: `fault ends: ${fault}` },
  ])
}

function storyOf(history: History, found: Found, { attempt, ids, sentTo }: AttemptFound): AttemptStory {
  const name = formatAttempt(attempt)
  const answers = history.filter(operation => idsSeenIn(operation, found).has(name))
  const items = history.flatMap(operation => (operation.kind === 'write' ? operation.items : []))
  const sent = items.find(({ what }) => what.kind === 'event' && formatAttempt(what.attempt) === name)
  return {
    ...{ attempt, ids, sentTo },
    fate: sent?.fate.kind ?? 'never sent',
    firstSeenMicros:
      answers.length === 0 ? undefined : Math.min(...answers.map(({ returnedMicros }) => returnedMicros)),
    seen: answers.length,
    seenAtTheEnd: answers.filter(({ phase }) => phase === 'final').length,
  }
}
