// From CREATE TABLE to the definition of a table.

import type { CreateTable, Properties, TypeSyntax } from '../cql/syntax.ts'
import { RequestError, invalid } from '../request-error.ts'
import type { CqlType } from '../types/cql-type.ts'
import { nativeNamed } from '../types/cql-type.ts'
import type { ColumnDefinition, TableDefinition, TableOptions } from './table.ts'
import { GC_GRACE_SECONDS } from './table.ts'

/** Throws what Cassandra answers to a table that makes no sense, or that this server cannot have. */
export function createTable(
  statement: CreateTable,
  made: { readonly keyspace: string; readonly id: string },
): TableDefinition {
  const { name } = statement.table
  if (!/^\w{1,48}$/.test(name)) {
    throw invalid(
      `Table name must not be empty, more than 48 characters long, or contain non-alphanumeric-underscore characters (got "${name}")`,
    )
  }
  const types = columnTypes(statement)
  const { partitionKey, clustering } = statement
  if (partitionKey.length === 0) throw invalid(`No PRIMARY KEY specified for table '${name}' (exactly one required)`)
  const keys = [...partitionKey, ...clustering]
  const twice = keys.find((key, index) => keys.indexOf(key) !== index)
  if (twice !== undefined) throw invalid(`Duplicate column '${twice}' in PRIMARY KEY clause for table '${name}'`)
  const column = (key: string): ColumnDefinition => {
    const type = types.get(key)
    if (type === undefined) throw invalid(`Unknown column '${key}' referenced in PRIMARY KEY for table '${name}'`)
    return { name: key, type }
  }
  const descending = clusteringOrder(statement)
  return {
    ...{ keyspace: made.keyspace, name, id: made.id },
    partitionKey: partitionKey.map(column),
    clustering: clustering.map(key => ({ ...column(key), isDescending: descending.get(key) ?? false })),
    regular: [...types].filter(([other]) => !keys.includes(other)).map(([other, type]) => ({ name: other, type })),
    options: optionsOf(statement.properties),
  }
}

function columnTypes(statement: CreateTable): ReadonlyMap<string, CqlType> {
  const types = new Map<string, CqlType>()
  for (const { name, type, isStatic } of statement.columns) {
    if (types.has(name)) throw invalid(`Duplicate column '${name}' declaration for table '${statement.table.name}'`)
    if (isStatic) throw invalid(`Static columns are not part of this server (column '${name}')`)
    types.set(name, typeOf(type))
  }
  if (statement.primaryKeys > 1) {
    throw invalid(`Multiple PRIMARY KEY specifications for table '${statement.table.name}' (exactly one required)`)
  }
  return types
}

function typeOf(type: TypeSyntax): CqlType {
  const name = type.name.toLowerCase()
  const known = type.parameters.length === 0 ? nativeNamed(name) : undefined
  if (known !== undefined) return known
  if (ELSEWHERE.has(name)) throw invalid(`The type ${name} is not part of this server`)
  throw invalid(`Unknown type ${type.name}`)
}

function clusteringOrder({ clusteringOrder: order, clustering }: CreateTable): ReadonlyMap<string, boolean> {
  for (const [index, { column }] of order.entries()) {
    if (!clustering.includes(column)) {
      throw invalid(
        `Only clustering key columns can be defined in CLUSTERING ORDER directive: [${column}] are not clustering columns`,
      )
    }
    if (clustering[index] !== column) {
      throw invalid(
        `The order of columns in the CLUSTERING ORDER directive must match that of the clustering columns (${clustering.join(', ')})`,
      )
    }
  }
  if (order.length > 0 && order.length < clustering.length) {
    throw invalid(`Missing CLUSTERING ORDER for column ${clustering[order.length]}`)
  }
  return new Map(order.map(({ column, isDescending }) => [column, isDescending]))
}

function optionsOf(properties: Properties): TableOptions {
  let comment = ''
  let gcGraceSeconds = GC_GRACE_SECONDS
  const others: Record<string, string | Readonly<Record<string, string>>> = {}
  for (const [name, value] of properties) {
    if (value.kind === 'map') {
      if (!MAP_OPTIONS.has(name)) throw unknownProperty(name)
      others[name] = Object.fromEntries(value.entries)
    } else if (name === 'comment') {
      comment = value.text
    } else if (name === 'gc_grace_seconds') {
      gcGraceSeconds = whole(name, value.text)
    } else if (name === 'default_time_to_live') {
      if (whole(name, value.text) > 0)
        throw invalid('Expiring cells are not part of this server (default_time_to_live)')
    } else if (TEXT_OPTIONS.has(name)) {
      others[name] = value.text
    } else {
      throw unknownProperty(name)
    }
  }
  return { comment, gcGraceSeconds, others }
}

function whole(name: string, text: string): number {
  if (!/^-?\d{1,10}$/.test(text)) throw syntax(`Invalid value ${text} for '${name}'`)
  const value = Number(text)
  if (value < 0)
    throw new RequestError({ kind: 'config-error' }, `${name} must be greater than or equal to 0 (got ${text})`)
  if (value > 0x7fffffff) throw syntax(`Invalid integer value ${text} for '${name}'`)
  return value
}

function unknownProperty(name: string): RequestError {
  return syntax(`Unknown property '${name}'`)
}

function syntax(message: string): RequestError {
  return new RequestError({ kind: 'syntax-error' }, message)
}

const MAP_OPTIONS: ReadonlySet<string> = new Set(['caching', 'compaction', 'compression', 'extensions'])

const TEXT_OPTIONS: ReadonlySet<string> = new Set([
  ...['additional_write_policy', 'allow_auto_snapshot', 'bloom_filter_fp_chance', 'cdc', 'crc_check_chance', 'id'],
  ...['incremental_backups', 'max_index_interval', 'memtable', 'memtable_flush_period_in_ms', 'min_index_interval'],
  ...['read_repair', 'speculative_retry'],
])

/** Types of Cassandra that this server does not have. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  ...['counter', 'date', 'decimal', 'duration', 'frozen', 'list', 'map', 'set', 'time', 'tuple', 'vector', 'empty'],
])
