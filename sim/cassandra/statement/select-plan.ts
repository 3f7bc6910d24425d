// SELECT against a table: what is to be read, and what of it is the answer.

import type { Select } from '../cql/syntax.ts'
import type { Row } from '../data/row.ts'
import { invalid } from '../request-error.ts'
import type { Column, Table } from '../schema/table.ts'
import type { CqlType } from '../types/cql-type.ts'
import { native } from '../types/cql-type.ts'
import { decodeKey } from './partition-key.ts'
import type { Restrictions } from './restrictions.ts'
import { columnNamed, restrictionsOf } from './restrictions.ts'
import type { Target } from './select-target.ts'
import { targetOf } from './select-target.ts'
import type { Values, Variables } from './variables.ts'

export interface ResultColumn {
  readonly name: string
  readonly type: CqlType
}

export interface SelectPlan {
  readonly kind: 'select'
  readonly table: Table
  readonly columns: readonly ResultColumn[]
  readonly isCount: boolean
  /** At most one row of each partition. */
  readonly isDistinct: boolean
  /** Rows of a partition from the last to the first. */
  readonly isReversed: boolean
  target(values: Values): Target
  limit(values: Values): number
  /** The values of one row, in the order of the columns. */
  valuesOf(key: Uint8Array, row: Row): readonly (Uint8Array | null)[]
}

export function planSelect(table: Table, statement: Select, variables: Variables): SelectPlan {
  const counts = statement.selectors?.some(selector => selector.kind === 'count') ?? false
  if (counts && statement.selectors?.length !== 1) {
    throw invalid('COUNT(*) beside other columns is not part of this server')
  }
  const selected = selectedOf(table, statement)
  if (statement.isDistinct) checkDistinct(selected.map(({ column }) => column))
  const restrictions = restrictionsOf(table, statement.where, variables)
  const target = targetOf(table, statement, restrictions)
  const isReversed = directionOf(table, statement, restrictions)
  return {
    kind: 'select',
    table,
    columns: counts
      ? [{ name: aliasOf(statement) ?? 'count', type: native('bigint') }]
      : selected.map(({ name, column }) => ({ name, type: column.type })),
    isCount: counts,
    isDistinct: statement.isDistinct,
    isReversed,
    target,
    limit: limitOf(statement, variables),
    valuesOf: extractor(
      table,
      selected.map(({ column }) => column),
    ),
  }
}

interface Selected {
  readonly name: string
  readonly column: Column
}

function selectedOf(table: Table, { selectors }: Select): readonly Selected[] {
  if (selectors === undefined) return table.inOrder.map(column => ({ name: column.name, column }))
  return selectors.flatMap(selector => {
    if (selector.kind === 'count') return []
    const column = columnNamed(table, selector.column)
    return [{ name: selector.alias ?? column.name, column }]
  })
}

function aliasOf({ selectors }: Select): string | undefined {
  return selectors?.find(selector => selector.kind === 'count')?.alias
}

function checkDistinct(columns: readonly Column[]): void {
  const other = columns.find(column => column.kind !== 'partition_key')
  if (other !== undefined) {
    throw invalid(
      `SELECT DISTINCT queries must only request partition key columns and/or static columns (not ${other.name})`,
    )
  }
}

/** Whether the rows are asked for against the order of the table. */
function directionOf(table: Table, { orderBy }: Select, { byColumn }: Restrictions): boolean {
  if (orderBy.length === 0) return false
  const keys = table.partitionKey.map(column => byColumn.get(column.name))
  if (keys.some(restriction => restriction === undefined)) {
    throw invalid('ORDER BY is only supported when the partition key is restricted by an EQ or an IN.')
  }
  if (keys.some(restriction => restriction?.kind === 'in')) {
    throw invalid('ORDER BY with an IN restriction on the partition key is not part of this server')
  }
  const reversals = orderBy.map(({ column: name, isDescending }, index) => {
    const column = columnNamed(table, name)
    if (column.kind !== 'clustering') {
      throw invalid(
        `Order by is currently only supported on the clustered columns of the PRIMARY KEY, got ${column.name}`,
      )
    }
    if (column.position !== index) {
      throw invalid(
        'Order by currently only supports the ordering of columns following their declared order in the PRIMARY KEY',
      )
    }
    return isDescending !== column.isDescending
  })
  const [isReversed = false] = reversals
  if (reversals.some(reversal => reversal !== isReversed)) throw invalid('Unsupported order by relation')
  return isReversed
}

function limitOf({ limit }: Select, variables: Variables): (values: Values) => number {
  if (limit === undefined) return () => Infinity
  const getter = variables.getter(limit, { name: '[limit]', type: native('int') })
  return values => {
    const value = getter(values)
    if (value === undefined) return Infinity
    if (value === null || value.length !== 4) throw invalid('Invalid null value of limit')
    const count = Buffer.from(value.buffer, value.byteOffset, value.byteLength).readInt32BE()
    if (count <= 0) throw invalid('LIMIT must be strictly positive')
    return count
  }
}

function extractor(table: Table, columns: readonly Column[]): SelectPlan['valuesOf'] {
  const usesKey = columns.some(column => column.kind === 'partition_key')
  return (key, row) => {
    const parts = usesKey ? decodeKey(key, table.partitionKey.length) : []
    return columns.map(({ kind, position }) => {
      switch (kind) {
        case 'partition_key':
          return parts[position] ?? null
        case 'clustering':
          return row.clustering[position] ?? null
        case 'regular':
          return row.cells[position]?.value ?? null
      }
    })
  }
}
