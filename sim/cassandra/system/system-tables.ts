// The tables in which a node tells clients about itself, the other nodes and the schema. They are computed when they are
// read, and every node has its own.

import type { Replication } from '../ring/replication.ts'
import type { Table } from '../schema/table.ts'
import { tableOf } from '../schema/table.ts'
import type { CqlType } from '../types/cql-type.ts'
import { native } from '../types/cql-type.ts'

const LOCAL: Replication = { kind: 'local' }
const TEXT = native('text')
const INT = native('int')
const BOOLEAN = native('boolean')
const DOUBLE = native('double')
const UUID = native('uuid')
const INET = native('inet')
const TEXT_MAP: CqlType = { kind: 'map', key: TEXT, value: TEXT, isFrozen: true }
const TEXTS: CqlType = { kind: 'list', of: TEXT, isFrozen: true }
const TEXT_SET: CqlType = { kind: 'set', of: TEXT, isFrozen: false }
const FROZEN_TEXT_SET: CqlType = { kind: 'set', of: TEXT, isFrozen: true }

type Columns = Readonly<Record<string, CqlType>>

/** Columns that a node has of itself and of others alike. */
const OF_A_NODE: Columns = {
  data_center: TEXT,
  host_id: UUID,
  rack: TEXT,
  release_version: TEXT,
  schema_version: UUID,
  tokens: TEXT_SET,
}

/** Options that tables and views have. */
const OF_A_TABLE: Columns = {
  additional_write_policy: TEXT,
  bloom_filter_fp_chance: DOUBLE,
  caching: TEXT_MAP,
  cdc: BOOLEAN,
  comment: TEXT,
  compaction: TEXT_MAP,
  compression: TEXT_MAP,
  crc_check_chance: DOUBLE,
  default_time_to_live: INT,
  extensions: { kind: 'map', key: TEXT, value: native('blob'), isFrozen: true },
  gc_grace_seconds: INT,
  id: UUID,
  max_index_interval: INT,
  memtable: TEXT,
  memtable_flush_period_in_ms: INT,
  min_index_interval: INT,
  read_repair: TEXT,
  speculative_retry: TEXT,
}

const DESCRIPTIONS: Readonly<Record<string, { partition: Columns; clustering?: Columns; regular: Columns }>> = {
  'system.local': {
    partition: { key: TEXT },
    regular: {
      ...OF_A_NODE,
      ...{ bootstrapped: TEXT, broadcast_address: INET, broadcast_port: INT, cluster_name: TEXT, cql_version: TEXT },
      ...{ gossip_generation: INT, listen_address: INET, listen_port: INT, native_protocol_version: TEXT },
      ...{ partitioner: TEXT, rpc_address: INET, rpc_port: INT },
    },
  },
  'system.peers': {
    partition: { peer: INET },
    regular: { ...OF_A_NODE, preferred_ip: INET, rpc_address: INET },
  },
  'system.peers_v2': {
    partition: { peer: INET },
    clustering: { peer_port: INT },
    regular: {
      ...OF_A_NODE,
      ...{ native_address: INET, native_port: INT, preferred_ip: INET, preferred_port: INT },
    },
  },
  'system_schema.keyspaces': {
    partition: { keyspace_name: TEXT },
    regular: { durable_writes: BOOLEAN, replication: TEXT_MAP },
  },
  'system_schema.tables': {
    partition: { keyspace_name: TEXT },
    clustering: { table_name: TEXT },
    regular: { ...OF_A_TABLE, flags: FROZEN_TEXT_SET },
  },
  'system_schema.columns': {
    partition: { keyspace_name: TEXT },
    clustering: { table_name: TEXT, column_name: TEXT },
    regular: { clustering_order: TEXT, column_name_bytes: native('blob'), kind: TEXT, position: INT, type: TEXT },
  },
  'system_schema.types': {
    partition: { keyspace_name: TEXT },
    clustering: { type_name: TEXT },
    regular: { field_names: TEXTS, field_types: TEXTS },
  },
  'system_schema.functions': {
    partition: { keyspace_name: TEXT },
    clustering: { function_name: TEXT, argument_types: TEXTS },
    regular: { argument_names: TEXTS, body: TEXT, called_on_null_input: BOOLEAN, language: TEXT, return_type: TEXT },
  },
  'system_schema.aggregates': {
    partition: { keyspace_name: TEXT },
    clustering: { aggregate_name: TEXT, argument_types: TEXTS },
    regular: { final_func: TEXT, initcond: TEXT, return_type: TEXT, state_func: TEXT, state_type: TEXT },
  },
  'system_schema.indexes': {
    partition: { keyspace_name: TEXT },
    clustering: { table_name: TEXT, index_name: TEXT },
    regular: { kind: TEXT, options: TEXT_MAP },
  },
  'system_schema.triggers': {
    partition: { keyspace_name: TEXT },
    clustering: { table_name: TEXT, trigger_name: TEXT },
    regular: { options: TEXT_MAP },
  },
  'system_schema.views': {
    partition: { keyspace_name: TEXT },
    clustering: { view_name: TEXT },
    regular: {
      ...OF_A_TABLE,
      ...{ base_table_id: UUID, base_table_name: TEXT, include_all_columns: BOOLEAN, where_clause: TEXT },
    },
  },
  'system_virtual_schema.keyspaces': { partition: { keyspace_name: TEXT }, regular: {} },
  'system_virtual_schema.tables': {
    partition: { keyspace_name: TEXT },
    clustering: { table_name: TEXT },
    regular: { comment: TEXT },
  },
  'system_virtual_schema.columns': {
    partition: { keyspace_name: TEXT },
    clustering: { table_name: TEXT, column_name: TEXT },
    regular: { clustering_order: TEXT, column_name_bytes: native('blob'), kind: TEXT, position: INT, type: TEXT },
  },
}

/** By `keyspace.table`. */
export const SYSTEM_TABLES: ReadonlyMap<string, Table> = new Map(
  Object.entries(DESCRIPTIONS).map(([name, { partition, clustering = {}, regular }]) => {
    const [keyspace = '', table = ''] = name.split('.')
    const listed = (columns: Columns): { name: string; type: CqlType }[] =>
      Object.entries(columns).map(([column, type]) => ({ name: column, type }))
    const definition = {
      ...{ keyspace, name: table, id: '' },
      partitionKey: listed(partition),
      clustering: listed(clustering).map(column => ({ ...column, isDescending: false })),
      regular: listed(regular),
      options: { comment: '', gcGraceSeconds: 0, others: {} },
    }
    return [name, tableOf(definition, LOCAL)]
  }),
)
