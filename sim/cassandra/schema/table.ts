// Tables and their columns, as statements and replicas see them.

import type { Replication } from '../ring/replication.ts'
import type { Ordering } from '../types/comparable.ts'
import type { CqlType } from '../types/cql-type.ts'

export type ColumnKind = 'partition_key' | 'clustering' | 'regular'

export interface Column {
  readonly name: string
  readonly type: CqlType
  readonly kind: ColumnKind
  /** Among the columns of its kind. For a regular column: the ordinal of its cells in a row. */
  readonly position: number
  readonly isDescending: boolean
}

export interface TableOptions {
  readonly comment: string
  readonly gcGraceSeconds: number
  /** Further options that were given: they are shown again, and change nothing. */
  readonly others: Readonly<Record<string, string | Readonly<Record<string, string>>>>
}

/** What makes a table, and nothing that follows from it. Survives JSON. */
export interface TableDefinition {
  readonly keyspace: string
  readonly name: string
  /** A UUID: a table that was dropped and made again is another one. */
  readonly id: string
  readonly partitionKey: readonly ColumnDefinition[]
  readonly clustering: readonly (ColumnDefinition & { readonly isDescending: boolean })[]
  readonly regular: readonly ColumnDefinition[]
  readonly options: TableOptions
}

export interface ColumnDefinition {
  readonly name: string
  readonly type: CqlType
}

export interface Table {
  readonly definition: TableDefinition
  readonly keyspace: string
  readonly name: string
  /** What replicas and the storage engine call it. */
  readonly storageName: string
  readonly partitionKey: readonly Column[]
  readonly clustering: readonly Column[]
  readonly regular: readonly Column[]
  readonly columns: ReadonlyMap<string, Column>
  /** As SELECT * gives them: partition key, clustering, then the rest by name. */
  readonly inOrder: readonly Column[]
  readonly orderings: readonly Ordering[]
  readonly replication: Replication
}

export function tableOf(definition: TableDefinition, replication: Replication): Table {
  const { keyspace, name } = definition
  const partitionKey = definition.partitionKey.map(columnOf('partition_key'))
  const clustering = definition.clustering.map(columnOf('clustering'))
  const regular = definition.regular.map(columnOf('regular'))
  const byName = [...regular].sort((a, b) => (a.name < b.name ? -1 : 1))
  const inOrder = [...partitionKey, ...clustering, ...byName]
  return {
    ...{ definition, keyspace, name, partitionKey, clustering, regular, inOrder, replication },
    storageName: `${keyspace}.${name}-${definition.id.replaceAll('-', '')}`,
    columns: new Map(inOrder.map(column => [column.name, column])),
    orderings: clustering.map(({ type, isDescending }) => ({ type, isDescending })),
  }
}

/** Cassandra's default. */
export const GC_GRACE_SECONDS = 864_000

function columnOf(
  kind: ColumnKind,
): (column: ColumnDefinition & { readonly isDescending?: boolean }, position: number) => Column {
  return ({ name, type, isDescending = false }, position) => ({ name, type, kind, position, isDescending })
}
