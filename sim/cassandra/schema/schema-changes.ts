// What clients are told when a schema has become another one.

import type { SchemaChange } from './change-schema.ts'
import type { Schema } from './schema.ts'
import type { Table } from './table.ts'

export function changesBetween(before: Schema, after: Schema): readonly SchemaChange[] {
  const changes: SchemaChange[] = []
  for (const keyspace of after.keyspaces.keys()) {
    if (!before.keyspaces.has(keyspace)) changes.push({ change: 'CREATED', keyspace, table: undefined })
  }
  for (const { keyspace, name: table } of tablesOnlyIn(after, before))
    changes.push({ change: 'CREATED', keyspace, table })
  for (const { keyspace, name: table } of tablesOnlyIn(before, after)) {
    // A table that was dropped and made again is told of as made.
    if (after.table({ keyspace, name: table }) === undefined) changes.push({ change: 'DROPPED', keyspace, table })
  }
  for (const keyspace of before.keyspaces.keys()) {
    if (!after.keyspaces.has(keyspace)) changes.push({ change: 'DROPPED', keyspace, table: undefined })
  }
  return changes
}

export function tablesOnlyIn(schema: Schema, other: Schema): readonly Table[] {
  return schema.tables.filter(table => other.tableStoredAs(table.storageName) === undefined)
}
