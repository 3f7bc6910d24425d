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
  /** Undefined: no client sent it. */
  readonly sentTo: Destination | undefined
  /** More than one: it is stored more than once. */
  readonly ids: ReadonlySet<string>
}

export interface Destination {
  readonly project: string
  readonly collection: string
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
  const names = new Map<string, Attempt>()
  const ids = new Map<string, Set<string>>()
  const destinations = new Map<string, Destination>()
  for (const operation of history) {
    for (const { attempt, sentTo } of sentIn(operation)) destinations.set(formatAttempt(attempt), sentTo)
    const seen = rowsOf(operation).flatMap(({ attempt, id }) => (attempt === undefined ? [] : { attempt, id }))
    for (const { attempt, id } of [...attemptsSent(operation).map(attempt => ({ attempt, id: undefined })), ...seen]) {
      if (!isAskedFor(subject, attempt, id)) continue
      const name = formatAttempt(attempt)
      names.set(name, attempt)
      const known = ids.get(name) ?? new Set<string>()
      ids.set(name, id === undefined ? known : known.add(id))
    }
  }
  const found = [...names].map(([name, attempt]) => {
    return [name, { attempt, sentTo: destinations.get(name), ids: ids.get(name) ?? new Set<string>() }] as const
  })
  return new Map(found.toSorted(([, a], [, b]) => a.attempt.number - b.attempt.number))
}

export function attemptsSent(operation: Operation): readonly Attempt[] {
  return sentIn(operation).map(({ attempt }) => attempt)
}

export function rowsOf(operation: Operation): readonly Row[] {
  return operation.kind === 'query' && operation.result?.kind === 'extraction' ? operation.result.rows : []
}

function sentIn(operation: Operation): readonly { readonly attempt: Attempt; readonly sentTo: Destination }[] {
  if (operation.kind !== 'write') return []
  const { project, items } = operation
  return items.flatMap(({ what, collection }) =>
    what.kind === 'event' ? { attempt: what.attempt, sentTo: { project, collection } } : [],
  )
}

function isAskedFor(subject: Subject, attempt: Attempt, id?: string): boolean {
  if (subject.kind === 'id') return subject.id === id
  return subject.key === attempt.key && (subject.number ?? attempt.number) === attempt.number
}
