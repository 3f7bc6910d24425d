// The table that a statement names, of the cluster's schema or of the node's own.

import type { Name } from '../cql/syntax.ts'
import { invalid } from '../request-error.ts'
import { SYSTEM_TABLES } from '../system/system-tables.ts'
import { isSystemKeyspace, keyspaceNamed } from './change-schema.ts'
import type { Schema } from './schema.ts'
import type { Table } from './table.ts'

export function findTable(schema: Schema, name: Name, used: string | undefined): Table {
  const keyspace = keyspaceNamed(name, { keyspace: used })
  const table = isSystemKeyspace(keyspace)
    ? SYSTEM_TABLES.get(`${keyspace}.${name.name}`)
    : schema.keyspaceNamed(keyspace).tables.get(name.name)
  if (table === undefined) throw invalid(`table ${name.name} does not exist`)
  return table
}
