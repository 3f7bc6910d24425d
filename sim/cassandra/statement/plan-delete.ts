// DELETE: tombstones of cells, rows, stretches of a partition, or all of it.

import type { Delete } from '../cql/syntax.ts'
import type { Deletion } from '../data/cell.ts'
import { invalid } from '../request-error.ts'
import type { Table } from '../schema/table.ts'
import { keyRestrictions } from './key-restrictions.ts'
import { keysOf } from './keys-of.ts'
import type { Restriction } from './restrictions.ts'
import { columnNamed } from './restrictions.ts'
import { isOfValues, rowsOf } from './rows-of.ts'
import { checkClustering, slicesOf } from './slices.ts'
import type { Variables } from './variables.ts'
import type { At, FragmentMaker } from './written.ts'
import { cellOf, partition } from './written.ts'

export function planDelete(table: Table, statement: Delete, variables: Variables): FragmentMaker {
  const ordinals = new Set<number>()
  for (const name of statement.columns) {
    const column = columnNamed(table, name)
    if (column.kind !== 'regular') {
      throw invalid(`Invalid identifier ${name} for deletion (should not be a PRIMARY KEY part)`)
    }
    ordinals.add(column.position)
  }
  const restrictions = keyRestrictions(table, statement.where, variables)
  checkClustering(table, restrictions)
  const namesRows = table.clustering.every(column => isOfValues(restrictions.get(column.name)))
  if (namesRows && ordinals.size > 0) return deleteCells(table, restrictions, ordinals)
  if (ordinals.size > 0) throw invalid('Range deletions are not supported for specific columns')
  if (!table.clustering.some(column => restrictions.has(column.name))) return deletePartitions(table, restrictions)
  return namesRows ? deleteRows(table, restrictions) : deleteSlices(table, restrictions)
}

type Restrictions = ReadonlyMap<string, Restriction>

function deleteCells(table: Table, restrictions: Restrictions, ordinals: ReadonlySet<number>): FragmentMaker {
  const keys = keysOf(table, restrictions)
  const rows = rowsOf(table, restrictions)
  return (values, at) => {
    const cells = table.regular.map(column => (ordinals.has(column.position) ? cellOf(null, at) : undefined))
    const deleted = rows(values).map(row => ({ ...row, insertedMicros: undefined, deletion: undefined, cells }))
    return keys(values).map(key => partition(key, { rows: deleted }))
  }
}

function deleteRows(table: Table, restrictions: Restrictions): FragmentMaker {
  const keys = keysOf(table, restrictions)
  const rows = rowsOf(table, restrictions)
  return (values, at) => {
    const deletion = deletionAt(at)
    const deleted = rows(values).map(row => ({ ...row, insertedMicros: undefined, deletion, cells: [] }))
    return keys(values).map(key => partition(key, { rows: deleted }))
  }
}

function deleteSlices(table: Table, restrictions: Restrictions): FragmentMaker {
  const keys = keysOf(table, restrictions)
  const slices = slicesOf(table, restrictions)
  return (values, at) => {
    const ranges = slices(values).map(slice => ({ ...slice, deletion: deletionAt(at) }))
    return keys(values).map(key => partition(key, { ranges }))
  }
}

function deletePartitions(table: Table, restrictions: Restrictions): FragmentMaker {
  const keys = keysOf(table, restrictions)
  return (values, at) => keys(values).map(key => partition(key, { deletion: deletionAt(at) }))
}

function deletionAt({ atMicros, nowSeconds }: At): Deletion {
  return { atMicros, localSeconds: nowSeconds }
}
