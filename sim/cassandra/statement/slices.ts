// Stretches of a partition that a statement asks for, or deletes.

import { invalid } from '../request-error.ts'
import type { Column, Table } from '../schema/table.ts'
import { AFTER, placeOf } from '../types/comparable.ts'
import type { Bounds, Restriction } from './restrictions.ts'
import type { Values } from './variables.ts'

/** Rows with `start` ≤ place < `end`. */
export interface Slice {
  readonly start: string
  readonly end: string
}

export const WHOLE_PARTITION: readonly Slice[] = [{ start: '', end: AFTER }]

type ByColumn = ReadonlyMap<string, Restriction>

/** The restrictions must be of a prefix of the clustering columns; only the last of them may be a slice. */
export function checkClustering(table: Table, restrictions: ByColumn): void {
  let missing: Column | undefined
  let sliced: Column | undefined
  for (const column of table.clustering) {
    const restriction = restrictions.get(column.name)
    if (restriction === undefined) {
      missing ??= column
    } else if (missing !== undefined) {
      throw invalid(
        `PRIMARY KEY column "${column.name}" cannot be restricted as preceding column "${missing.name}" is not restricted`,
      )
    } else if (sliced !== undefined) {
      throw invalid(
        `Clustering column "${column.name}" cannot be restricted (preceding column "${sliced.name}" is restricted by a non-EQ relation)`,
      )
    } else if (restriction.kind === 'slice') {
      sliced = column
    }
  }
}

/** In order, disjoint. `checkClustering` must have passed. */
export function slicesOf(table: Table, restrictions: ByColumn): (values: Values) => readonly Slice[] {
  const restricted = table.clustering.flatMap(column => {
    const restriction = restrictions.get(column.name)
    return restriction === undefined ? [] : [{ column, restriction }]
  })
  if (restricted.length === 0) return () => WHOLE_PARTITION
  return values => {
    let prefixes = ['']
    let total = 0
    for (const { column, restriction } of restricted) {
      if (restriction.kind === 'slice')
        return prefixes.flatMap(prefix => sliceUnder(prefix, column, restriction, values))
      const parts = valuesOf(restriction, values).map(value => partOf(column, value))
      total += Math.max(0, ...parts.map(part => part.length))
      if (total > PLACE_LENGTH_MAX) throw tooLong(total)
      prefixes = distinct(prefixes.flatMap(prefix => parts.map(part => prefix + part)))
    }
    return prefixes.map(prefix => ({ start: prefix, end: prefix + AFTER }))
  }
}

/** The place of one row, and its clustering values; each must be restricted by one value. */
export function rowOf(
  table: Table,
  values: readonly Uint8Array[],
): { readonly place: string; readonly clustering: readonly Uint8Array[] } {
  const place = placeOf(table.orderings, values)
  if (place.length > PLACE_LENGTH_MAX) throw tooLong(place.length)
  return { place, clustering: values }
}

function valuesOf(
  restriction: Exclude<Restriction, { readonly kind: 'slice' }>,
  values: Values,
): readonly Uint8Array[] {
  return restriction.kind === 'equal' ? [restriction.value(values)] : restriction.all(values)
}

function sliceUnder(
  prefix: string,
  column: Column,
  { from, to }: { readonly from: Bounds | undefined; readonly to: Bounds | undefined },
  values: Values,
): readonly Slice[] {
  const [low, high] = column.isDescending ? [to, from] : [from, to]
  const edge = ({ value }: Bounds, isAfter: boolean): string =>
    prefix + partOf(column, value(values)) + (isAfter ? AFTER : '')
  const start = low === undefined ? prefix : edge(low, !low.isInclusive)
  const end = high === undefined ? prefix + AFTER : edge(high, high.isInclusive)
  return start < end ? [{ start, end }] : []
}

function partOf(column: Column, value: Uint8Array): string {
  return placeOf([column], [value])
}

function distinct(places: readonly string[]): string[] {
  return [...new Set(places)].sort((a, b) => (a < b ? -1 : 1))
}

function tooLong(length: number): Error {
  return invalid(`The sum of all clustering columns is too long (${length} > ${PLACE_LENGTH_MAX})`)
}

const PLACE_LENGTH_MAX = 65_535
