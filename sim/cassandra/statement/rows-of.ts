// The rows that a WHERE clause names by values of all their clustering columns.

import type { Table } from '../schema/table.ts'
import type { Restriction } from './restrictions.ts'
import { rowOf } from './slices.ts'
import type { Values } from './variables.ts'

/** One row for each combination of values; each clustering column must be restricted by values. */
export function rowsOf(
  table: Table,
  restrictions: ReadonlyMap<string, Restriction>,
): (values: Values) => ReturnType<typeof rowOf>[] {
  return values => {
    let rows: (readonly Uint8Array[])[] = [[]]
    for (const column of table.clustering) {
      const restriction = restrictions.get(column.name)
      if (!isOfValues(restriction)) throw new RangeError('a row that is not restricted')
      const alternatives = restriction.kind === 'equal' ? [restriction.value(values)] : restriction.all(values)
      rows = rows.flatMap(row => alternatives.map(value => [...row, value]))
    }
    const byPlace = new Map(rows.map(clustering => rowOf(table, clustering)).map(row => [row.place, row]))
    return [...byPlace.values()].sort((a, b) => (a.place < b.place ? -1 : 1))
  }
}

export function isOfValues(
  restriction: Restriction | undefined,
): restriction is Exclude<Restriction, { readonly kind: 'slice' }> {
  return restriction !== undefined && restriction.kind !== 'slice'
}
