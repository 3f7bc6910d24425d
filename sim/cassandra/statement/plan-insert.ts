// INSERT: one row, which is there from then on even without a value.

import type { Insert } from '../cql/syntax.ts'
import { invalid } from '../request-error.ts'
import type { Column, Table } from '../schema/table.ts'
import { missingColumns } from './key-restrictions.ts'
import { encodeKey } from './partition-key.ts'
import { columnNamed } from './restrictions.ts'
import { rowOf } from './slices.ts'
import type { Getter, Values, Variables } from './variables.ts'
import type { FragmentMaker } from './written.ts'
import { cellOf, partition } from './written.ts'

export function planInsert(table: Table, statement: Insert, variables: Variables): FragmentMaker {
  const { columns, values: terms } = statement
  if (columns.length !== terms.length) throw invalid('Unmatched column names/values')
  const getters = new Map<string, Getter>()
  for (const [index, name] of columns.entries()) {
    const column = columnNamed(table, name)
    const term = terms[index]
    if (getters.has(name)) throw invalid(`The column names contains duplicates`)
    if (term === undefined) throw invalid('Unmatched column names/values')
    getters.set(name, column.kind === 'regular' ? variables.getter(term, column) : variables.required(term, column))
  }
  const keyGetters = keyPart(table.partitionKey, getters, 'partition key parts')
  const clusteringGetters = keyPart(table.clustering, getters, 'clustering keys')
  const cells = table.regular.map(column => getters.get(column.name))
  return (values, at) => {
    const key = encodeKey(keyGetters.map(getter => getter(values)))
    const row = rowOf(
      table,
      clusteringGetters.map(getter => getter(values)),
    )
    const cellsNow = cells.map(getter => cellOf(getter?.(values), at))
    return [partition(key, { rows: [{ ...row, insertedMicros: at.atMicros, deletion: undefined, cells: cellsNow }] })]
  }
}

function keyPart(
  columns: readonly Column[],
  getters: ReadonlyMap<string, Getter>,
  what: string,
): readonly ((values: Values) => Uint8Array)[] {
  const absent = columns.filter(column => !getters.has(column.name))
  if (absent.length > 0) throw missingColumns(absent, what)
  return columns.map(column => getters.get(column.name) as (values: Values) => Uint8Array)
}
