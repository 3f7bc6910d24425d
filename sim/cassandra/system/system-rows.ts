// What stands in the system tables of one node at this moment.

import type { CassandraCluster, CassandraNodeAddress } from '../cluster.ts'
import type { NodeState } from '../gossip/node-state.ts'
import { formatReplication } from '../ring/replication.ts'
import type { Keyspace, Schema } from '../schema/schema.ts'
import type { Column, Table } from '../schema/table.ts'
import { formatType } from '../types/cql-type.ts'
import { inetBytes } from '../types/inet.ts'
import { booleanBytes, doubleBytes, elementsBytes, intBytes, textBytes, textMapBytes } from '../types/native-bytes.ts'
import { uuidBytes } from '../types/uuid-text.ts'
import type { SystemRow } from './system-reader.ts'
import { SYSTEM_TABLES } from './system-tables.ts'

/** What a node knows of itself and the others. */
export interface NodeView {
  readonly cluster: CassandraCluster
  readonly self: CassandraNodeAddress
  readonly schema: Schema
  /** Undefined for a node that was never heard of. */
  stateOf(address: string): NodeState | undefined
}

/** The version of Cassandra whose tables and messages these are. */
export const RELEASE_VERSION = '5.0.9'

export function systemRows(table: Table, view: NodeView): readonly SystemRow[] {
  switch (`${table.keyspace}.${table.name}`) {
    case 'system.local':
      return [localRow(view)]
    case 'system.peers':
      return peersOf(view).map(({ node, state }) => ({
        ...peerRow(node, state),
        rpc_address: inetBytes(node.address),
      }))
    case 'system.peers_v2':
      return peersOf(view).map(({ node, state }) => ({
        ...peerRow(node, state),
        peer_port: intBytes(view.cluster.storagePort),
        native_address: inetBytes(node.address),
        native_port: intBytes(view.cluster.nativePort),
      }))
    case 'system_schema.keyspaces':
      return keyspaceRows(view.schema)
    case 'system_schema.tables':
      return allTables(view.schema).map(tableRow)
    case 'system_schema.columns':
      return allTables(view.schema).flatMap(each => each.inOrder.map(column => columnRow(each, column)))
    default:
      return []
  }
}

function localRow(view: NodeView): SystemRow {
  const { cluster, self } = view
  const state = view.stateOf(self.address)
  return {
    ...nodeRow(self, state),
    key: textBytes('local'),
    bootstrapped: textBytes('COMPLETED'),
    broadcast_address: inetBytes(self.address),
    broadcast_port: intBytes(cluster.storagePort),
    cluster_name: textBytes(cluster.name),
    cql_version: textBytes(CQL_VERSION),
    gossip_generation: intBytes(state?.generation ?? 0),
    listen_address: inetBytes(self.address),
    listen_port: intBytes(cluster.storagePort),
    native_protocol_version: textBytes('4'),
    partitioner: textBytes('org.apache.cassandra.dht.Murmur3Partitioner'),
    rpc_address: inetBytes(self.address),
    rpc_port: intBytes(cluster.nativePort),
  }
}

/** Only nodes that were heard of: a row without a host id would be taken for a broken one. */
function peersOf(view: NodeView): readonly { readonly node: CassandraNodeAddress; readonly state: NodeState }[] {
  return view.cluster.nodes.flatMap(node => {
    const state = node === view.self ? undefined : view.stateOf(node.address)
    return state === undefined ? [] : [{ node, state }]
  })
}

function peerRow(node: CassandraNodeAddress, state: NodeState): SystemRow {
  return { ...nodeRow(node, state), peer: inetBytes(node.address) }
}

function nodeRow(node: CassandraNodeAddress, state: NodeState | undefined): SystemRow {
  return {
    data_center: textBytes(node.dataCentre),
    host_id: state?.hostId,
    rack: textBytes(node.rack),
    release_version: textBytes(RELEASE_VERSION),
    schema_version: state?.schemaVersion,
    tokens: elementsBytes([...node.tokens].sort().map(textBytes)),
  }
}

function keyspaceRows(schema: Schema): readonly SystemRow[] {
  const local: Keyspace['replication'] = { kind: 'local' }
  const system = ['system', 'system_schema'].map(name => ({ name, replication: local, durableWrites: true }))
  return [...system, ...schema.keyspaces.values()].map(({ name, replication, durableWrites }) => ({
    keyspace_name: textBytes(name),
    durable_writes: booleanBytes(durableWrites),
    replication: textMapBytes(formatReplication(replication)),
  }))
}

function allTables(schema: Schema): readonly Table[] {
  const stored = [...SYSTEM_TABLES.values()].filter(({ keyspace }) => keyspace !== 'system_virtual_schema')
  return [...stored, ...schema.tables]
}

function tableRow({ definition }: Table): SystemRow {
  const { keyspace, name, id, options } = definition
  const text = (option: string, otherwise: string): Buffer => {
    const value = options.others[option]
    return textBytes(typeof value === 'string' ? value : otherwise)
  }
  const map = (option: string, otherwise: Readonly<Record<string, string>>): Buffer => {
    const value = options.others[option]
    return textMapBytes(new Map(Object.entries(typeof value === 'object' ? value : otherwise)))
  }
  const number = (option: string, otherwise: number): number => {
    const value = options.others[option]
    return typeof value === 'string' && value !== '' && Number.isFinite(Number(value)) ? Number(value) : otherwise
  }
  return {
    keyspace_name: textBytes(keyspace),
    table_name: textBytes(name),
    additional_write_policy: text('additional_write_policy', '99p'),
    bloom_filter_fp_chance: doubleBytes(number('bloom_filter_fp_chance', 0.01)),
    caching: map('caching', { keys: 'ALL', rows_per_partition: 'NONE' }),
    cdc: booleanBytes(false),
    comment: textBytes(options.comment),
    compaction: map('compaction', COMPACTION),
    compression: map('compression', COMPRESSION),
    crc_check_chance: doubleBytes(number('crc_check_chance', 1)),
    default_time_to_live: intBytes(0),
    extensions: textMapBytes(new Map()),
    flags: elementsBytes([textBytes('compound')]),
    gc_grace_seconds: intBytes(options.gcGraceSeconds),
    id: id === '' ? undefined : uuidBytes(id),
    max_index_interval: intBytes(number('max_index_interval', 2048)),
    memtable_flush_period_in_ms: intBytes(number('memtable_flush_period_in_ms', 0)),
    min_index_interval: intBytes(number('min_index_interval', 128)),
    read_repair: text('read_repair', 'BLOCKING'),
    speculative_retry: text('speculative_retry', '99p'),
  }
}

function columnRow(table: Table, column: Column): SystemRow {
  return {
    keyspace_name: textBytes(table.keyspace),
    table_name: textBytes(table.name),
    column_name: textBytes(column.name),
    column_name_bytes: textBytes(column.name),
    clustering_order: textBytes(column.kind === 'clustering' ? (column.isDescending ? 'desc' : 'asc') : 'none'),
    kind: textBytes(column.kind),
    position: intBytes(column.kind === 'regular' ? -1 : column.position),
    type: textBytes(formatType(column.type)),
  }
}

const CQL_VERSION = '3.4.7'

const COMPACTION: Readonly<Record<string, string>> = {
  class: 'org.apache.cassandra.db.compaction.SizeTieredCompactionStrategy',
  max_threshold: '32',
  min_threshold: '4',
}

const COMPRESSION: Readonly<Record<string, string>> = {
  chunk_length_in_kb: '16',
  class: 'org.apache.cassandra.io.compress.LZ4Compressor',
}
