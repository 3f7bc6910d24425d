// What a schema statement makes of a schema.

import type { Name, Properties, SchemaStatement } from '../cql/syntax.ts'
import { RequestError, invalid } from '../request-error.ts'
import { parseReplication } from '../ring/replication.ts'
import { createTable } from './create-table.ts'
import type { Schema, SchemaContent } from './schema.ts'

/** What clients are told about it. */
export interface SchemaChange {
  readonly change: 'CREATED' | 'DROPPED'
  readonly keyspace: string
  /** Undefined when it is about the keyspace. */
  readonly table: string | undefined
}

export interface ChangeContext {
  /** The keyspace that the client uses. */
  readonly keyspace: string | undefined
  /** Later than all changes before. */
  readonly atMicros: number
  /** For a table that is made. */
  readonly tableId: () => string
}

/** Undefined when there is nothing to change, and the statement says that this is fine. */
export function changeSchema(
  schema: Schema,
  statement: SchemaStatement,
  context: ChangeContext,
): { readonly content: SchemaContent; readonly change: SchemaChange } | undefined {
  const { atMicros } = context
  const { content } = schema
  switch (statement.kind) {
    case 'create-keyspace': {
      const { name } = statement
      refuseSystem(name)
      if (!/^\w{1,48}$/.test(name)) {
        throw invalid(
          `Keyspace name must not be empty, more than 48 characters long, or contain non-alphanumeric-underscore characters (got "${name}")`,
        )
      }
      if (schema.keyspaces.has(name)) {
        if (statement.ifNotExists) return undefined
        throw alreadyExists({ keyspace: name, table: '' })
      }
      const value = keyspaceOf(name, statement.properties)
      return {
        content: { ...content, keyspaces: { ...content.keyspaces, [name]: { value, atMicros } } },
        change: { change: 'CREATED', keyspace: name, table: undefined },
      }
    }
    case 'drop-keyspace': {
      const { name } = statement
      refuseSystem(name)
      if (!schema.keyspaces.has(name)) {
        if (statement.ifExists) return undefined
        throw invalid(`Keyspace '${name}' doesn't exist`)
      }
      const dropped = { value: undefined, atMicros }
      const tables = Object.entries(content.tables).map(([key, table]) =>
        table.value?.keyspace === name ? [key, dropped] : [key, table],
      )
      return {
        content: {
          keyspaces: { ...content.keyspaces, [name]: dropped },
          tables: Object.fromEntries(tables) as SchemaContent['tables'],
        },
        change: { change: 'DROPPED', keyspace: name, table: undefined },
      }
    }
    case 'create-table': {
      const keyspace = keyspaceNamed(statement.table, context)
      const { name } = statement.table
      refuseSystem(keyspace)
      if (!schema.keyspaces.has(keyspace)) throw invalid(`Keyspace '${keyspace}' doesn't exist`)
      if (schema.table({ keyspace, name }) !== undefined) {
        if (statement.ifNotExists) return undefined
        throw alreadyExists({ keyspace, table: name })
      }
      const value = createTable(statement, { keyspace, id: context.tableId() })
      return {
        content: { ...content, tables: { ...content.tables, [`${keyspace}.${name}`]: { value, atMicros } } },
        change: { change: 'CREATED', keyspace, table: name },
      }
    }
    case 'drop-table': {
      const keyspace = keyspaceNamed(statement.table, context)
      const { name } = statement.table
      refuseSystem(keyspace)
      if (schema.table({ keyspace, name }) === undefined) {
        if (statement.ifExists) return undefined
        throw invalid(`Table '${keyspace}.${name}' doesn't exist`)
      }
      const dropped = { value: undefined, atMicros }
      return {
        content: { ...content, tables: { ...content.tables, [`${keyspace}.${name}`]: dropped } },
        change: { change: 'DROPPED', keyspace, table: name },
      }
    }
  }
}

export function keyspaceNamed(name: Name, context: { readonly keyspace: string | undefined }): string {
  const keyspace = name.keyspace ?? context.keyspace
  if (keyspace !== undefined) return keyspace
  throw invalid('No keyspace has been specified. USE a keyspace, or explicitly specify keyspace.tablename')
}

/** Those that every node has, and nobody changes. */
export function isSystemKeyspace(name: string): boolean {
  return SYSTEM_KEYSPACES.has(name)
}

const SYSTEM_KEYSPACES: ReadonlySet<string> = new Set(['system', 'system_schema', 'system_virtual_schema'])

function keyspaceOf(name: string, properties: Properties): NonNullable<SchemaContent['keyspaces'][string]['value']> {
  const replication = properties.get('replication')
  for (const property of properties.keys()) {
    if (property !== 'replication' && property !== 'durable_writes') {
      throw new RequestError({ kind: 'syntax-error' }, `Unknown property '${property}'`)
    }
  }
  if (replication?.kind !== 'map') {
    throw new RequestError({ kind: 'config-error' }, `Missing mandatory replication strategy class`)
  }
  const durable = properties.get('durable_writes')
  return {
    name,
    replication: parseReplication(replication.entries),
    durableWrites: durable?.kind !== 'text' || durable.text.toLowerCase() !== 'false',
  }
}

function refuseSystem(keyspace: string): void {
  if (isSystemKeyspace(keyspace)) {
    throw new RequestError({ kind: 'unauthorized' }, `${keyspace} keyspace is not user-modifiable.`)
  }
}

function alreadyExists(what: { readonly keyspace: string; readonly table: string }): RequestError {
  const { keyspace, table } = what
  const message =
    table === ''
      ? `Cannot add existing keyspace "${keyspace}"`
      : `Cannot add already existing table "${table}" to keyspace "${keyspace}"`
  return new RequestError({ kind: 'already-exists', ...what }, message)
}
