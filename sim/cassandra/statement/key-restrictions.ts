// What an UPDATE or a DELETE must say about the primary key.

import type { Relation } from '../cql/syntax.ts'
import { invalid } from '../request-error.ts'
import type { Column, Table } from '../schema/table.ts'
import type { Restriction } from './restrictions.ts'
import { restrictionsOf } from './restrictions.ts'
import type { Variables } from './variables.ts'

/** Of columns of the primary key only; every column of the partition key is restricted by values. */
export function keyRestrictions(
  table: Table,
  where: readonly Relation[],
  variables: Variables,
): ReadonlyMap<string, Restriction> {
  const { byColumn, token } = restrictionsOf(table, where, variables)
  if (token !== undefined) {
    throw invalid('The token function cannot be used in WHERE clauses for UPDATE and DELETE statements')
  }
  const others = table.regular.filter(column => byColumn.has(column.name)).map(column => column.name)
  if (others.length > 0) throw invalid(`Non PRIMARY KEY columns found in where clause: ${others.join(', ')} `)
  const absent = table.partitionKey.filter(column => !byColumn.has(column.name))
  if (absent.length > 0) throw missingColumns(absent, 'partition key parts')
  if (table.partitionKey.some(column => byColumn.get(column.name)?.kind === 'slice')) throw onlyEqualOrIn()
  return byColumn
}

export function onlyEqualOrIn(): Error {
  return invalid('Only EQ and IN relation are supported on the partition key (unless you use the token() function)')
}

export function missingColumns(columns: readonly Column[], what: string): Error {
  return invalid(`Some ${what} are missing: ${columns.map(column => column.name).join(', ')}`)
}
