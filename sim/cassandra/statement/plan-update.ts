// UPDATE: values of rows that need not be there.

import type { Update } from '../cql/syntax.ts'
import { invalid } from '../request-error.ts'
import type { Table } from '../schema/table.ts'
import { keyRestrictions, missingColumns } from './key-restrictions.ts'
import { keysOf } from './keys-of.ts'
import { columnNamed } from './restrictions.ts'
import { rowsOf } from './rows-of.ts'
import type { Getter, Variables } from './variables.ts'
import type { FragmentMaker } from './written.ts'
import { cellOf, partition } from './written.ts'

export function planUpdate(table: Table, statement: Update, variables: Variables): FragmentMaker {
  const getters = new Map<string, Getter>()
  for (const { column: name, term } of statement.assignments) {
    const column = columnNamed(table, name)
    if (column.kind !== 'regular') throw invalid(`PRIMARY KEY part ${name} found in SET part`)
    if (getters.has(name)) throw invalid(`Multiple assignments to the column ${name}`)
    getters.set(name, variables.getter(term, column))
  }
  const restrictions = keyRestrictions(table, statement.where, variables)
  for (const column of table.clustering) {
    const restriction = restrictions.get(column.name)
    if (restriction === undefined) throw missingColumns([column], 'clustering keys')
    if (restriction.kind === 'slice') {
      throw invalid('Slice restrictions are not supported on the clustering columns in UPDATE statements')
    }
  }
  const keys = keysOf(table, restrictions)
  const rows = rowsOf(table, restrictions)
  const cells = table.regular.map(column => getters.get(column.name))
  return (values, at) => {
    const cellsNow = cells.map(getter => cellOf(getter?.(values), at))
    return keys(values).map(key =>
      partition(key, {
        rows: rows(values).map(row => ({ ...row, insertedMicros: undefined, deletion: undefined, cells: cellsNow })),
      }),
    )
  }
}
