// What is visible in the end: all of each collection, as the final phase read it first and last.

import type { History, QueryOperation, Row } from '../history.ts'
import type { Query } from '../query.ts'

export interface VisibleSet {
  /** When `first` was known. */
  readonly atMicros: number
  readonly first: readonly Row[]
  /** The same, where nothing came in between. */
  readonly last: readonly Row[]
}

/** By collection and project, those that were read. */
export function visibleSetsOf(
  history: History,
): (name: Pick<Query, 'project' | 'collection'>) => VisibleSet | undefined {
  const sets = new Map<string, { atMicros: number; first: readonly Row[]; last: readonly Row[] }>()
  for (const operation of history) {
    const rows = operation.kind === 'query' && operation.phase === 'final' ? wholeOf(operation) : undefined
    if (operation.kind !== 'query' || rows === undefined) continue
    const key = keyOf(operation.query)
    const set = sets.get(key)
    if (set === undefined) sets.set(key, { atMicros: operation.returnedMicros, first: rows, last: rows })
    else set.last = rows
  }
  return name => sets.get(keyOf(name))
}

function wholeOf({ query, result }: QueryOperation): readonly Row[] | undefined {
  const isWhole = query.filters.length === 0 && query.timeframe === undefined
  return isWhole && result?.kind === 'extraction' ? result.rows : undefined
}

function keyOf({ project, collection }: Pick<Query, 'project' | 'collection'>): string {
  return JSON.stringify([project, collection])
}
