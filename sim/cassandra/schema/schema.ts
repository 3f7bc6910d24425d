// The schema of a cluster: keyspaces and tables, each with the time of its last change, so that two nodes that changed it at
// once come to the same schema whoever hears of what first. What was dropped is remembered, or it would come back.

import { hash } from 'node:crypto'
import { invalid } from '../request-error.ts'
import type { Replication } from '../ring/replication.ts'
import { stampUuid } from '../types/uuid-text.ts'
import type { Table, TableDefinition } from './table.ts'
import { tableOf } from './table.ts'

export interface KeyspaceDefinition {
  readonly name: string
  readonly replication: Replication
  readonly durableWrites: boolean
}

/** `value` is undefined once the thing was dropped. */
export interface Dated<T> {
  readonly value: T | undefined
  readonly atMicros: number
}

/** Survives JSON. */
export interface SchemaContent {
  readonly keyspaces: Readonly<Record<string, Dated<KeyspaceDefinition>>>
  /** By `keyspace.table`. */
  readonly tables: Readonly<Record<string, Dated<TableDefinition>>>
}

export const EMPTY_SCHEMA: SchemaContent = { keyspaces: {}, tables: {} }

export interface Keyspace extends KeyspaceDefinition {
  readonly tables: ReadonlyMap<string, Table>
}

export class Schema {
  readonly content: SchemaContent
  /** A UUID that two nodes share exactly when they have the same schema. */
  readonly version: Buffer
  readonly keyspaces: ReadonlyMap<string, Keyspace>
  readonly #byStorageName: ReadonlyMap<string, Table>

  constructor(content: SchemaContent) {
    this.content = content
    this.version = stampUuid(hash('md5', serializeSchema(content), 'buffer'), 3)
    this.keyspaces = new Map(
      inOrder(content.keyspaces).map(keyspace => [keyspace.name, { ...keyspace, tables: tablesOf(keyspace, content) }]),
    )
    this.#byStorageName = new Map(this.tables.map(table => [table.storageName, table]))
  }

  get tables(): readonly Table[] {
    return [...this.keyspaces.values()].flatMap(keyspace => [...keyspace.tables.values()])
  }

  table(name: { readonly keyspace: string; readonly name: string }): Table | undefined {
    return this.keyspaces.get(name.keyspace)?.tables.get(name.name)
  }

  tableStoredAs(storageName: string): Table | undefined {
    return this.#byStorageName.get(storageName)
  }

  keyspaceNamed(name: string): Keyspace {
    const keyspace = this.keyspaces.get(name)
    if (keyspace === undefined) throw invalid(`keyspace ${name} does not exist`)
    return keyspace
  }
}

/** Commutative, associative and idempotent: of each thing the later change counts. */
export function mergeSchemas(a: SchemaContent, b: SchemaContent): SchemaContent {
  return { keyspaces: mergeDated(a.keyspaces, b.keyspaces), tables: mergeDated(a.tables, b.tables) }
}

export function serializeSchema(content: SchemaContent): Buffer {
  return Buffer.from(JSON.stringify({ keyspaces: sorted(content.keyspaces), tables: sorted(content.tables) }))
}

/** From what `serializeSchema` made. */
export function parseSchema(bytes: Uint8Array): SchemaContent {
  return JSON.parse(Buffer.from(bytes).toString()) as SchemaContent
}

function mergeDated<T>(
  a: Readonly<Record<string, Dated<T>>>,
  b: Readonly<Record<string, Dated<T>>>,
): Readonly<Record<string, Dated<T>>> {
  const merged = new Map(Object.entries(a))
  for (const [name, theirs] of Object.entries(b)) {
    const ours = merged.get(name)
    if (ours === undefined || isLater(theirs, ours)) merged.set(name, theirs)
  }
  return Object.fromEntries(merged)
}

/** Of changes of one moment the one with the larger text: any rule will do that all nodes share. */
function isLater<T>(a: Dated<T>, b: Dated<T>): boolean {
  if (a.atMicros !== b.atMicros) return a.atMicros > b.atMicros
  return (JSON.stringify(a.value) ?? '~') > (JSON.stringify(b.value) ?? '~')
}

function tablesOf(keyspace: KeyspaceDefinition, content: SchemaContent): ReadonlyMap<string, Table> {
  const tables = inOrder(content.tables).filter(table => table.keyspace === keyspace.name)
  return new Map(tables.map(table => [table.name, tableOf(table, keyspace.replication)]))
}

function inOrder<T>(record: Readonly<Record<string, Dated<T>>>): readonly T[] {
  return Object.values(sorted(record)).flatMap(({ value }) => (value === undefined ? [] : [value]))
}

function sorted<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
