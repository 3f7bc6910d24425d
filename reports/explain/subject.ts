// Which event is asked about: by the id that the system gave it, or by the name that its client knows it by.

import { formatAttempt } from '../../scenarios/history.ts'
import type { Attempt, History, Operation, Row } from '../../scenarios/history.ts'

export type Subject =
  | { readonly kind: 'id'; readonly id: string }
  /** Without a number: all attempts. */
  | { readonly kind: 'attempt'; readonly key: string; readonly number?: number }

/** The attempts that are asked about, with the ids that readers saw on them: none where nobody saw it. */
export type Found = ReadonlyMap<string, AttemptFound>

export interface AttemptFound {
  readonly attempt: Attempt
  /** More than one: it is stored more than once. */
  readonly ids: ReadonlySet<string>
}

/** Undefined where the text can be neither. */
export function parseSubject(text: string): Subject | undefined {
  if (/^[0-9a-f]{24}$/.test(text)) return { kind: 'id', id: text }
  const match = /^([A-Za-z0-9][A-Za-z0-9 ._-]*)(?:\/([1-9][0-9]{0,8}))?$/.exec(text)
  if (match === null) return undefined
  const [, key = '', number] = match
  return number === undefined ? { kind: 'attempt', key } : { kind: 'attempt', key, number: Number(number) }
}

/** Empty where nobody sent it and nobody saw it. */
export function findAttempts(history: History, subject: Subject): Found {
  const found = new Map<string, { readonly attempt: Attempt; readonly ids: Set<string> }>()
  const add = (attempt: Attempt, id?: string): void => {
    const name = formatAttempt(attempt)
    const known = found.get(name) ?? { attempt, ids: new Set<string>() }
    if (id !== undefined) known.ids.add(id)
    found.set(name, known)
  }
  for (const operation of history) {
    for (const attempt of attemptsSent(operation)) if (isAskedFor(subject, attempt)) add(attempt)
    for (const { attempt, id } of rowsOf(operation)) {
      if (attempt !== undefined && isAskedFor(subject, attempt, id)) add(attempt, id)
    }
  }
  return new Map([...found].toSorted(([, a], [, b]) => a.attempt.number - b.attempt.number))
}

export function attemptsSent(operation: Operation): readonly Attempt[] {
  if (operation.kind !== 'write') return []
  return operation.items.flatMap(({ what }) => (what.kind === 'event' ? [what.attempt] : []))
}

export function rowsOf(operation: Operation): readonly Row[] {
  return operation.kind === 'query' && operation.result?.kind === 'extraction' ? operation.result.rows : []
}

function isAskedFor(subject: Subject, attempt: Attempt, id?: string): boolean {
  if (subject.kind === 'id') return subject.id === id
  return subject.key === attempt.key && (subject.number ?? attempt.number) === attempt.number
}
