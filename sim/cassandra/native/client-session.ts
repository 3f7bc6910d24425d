// What one client asks, and what it is answered: everything of the native protocol but the bytes.

import type { Executor } from '../coordinator/executor.ts'
import type { SchemaStatement } from '../cql/syntax.ts'
import { invalid } from '../request-error.ts'
import type { SchemaChange } from '../schema/change-schema.ts'
import type { Schema } from '../schema/schema.ts'
import type { Table } from '../schema/table.ts'
import type { ModificationPlan } from '../statement/modification-plan.ts'
import type { FindTable, Prepared } from '../statement/prepared.ts'
import { bind, prepare, tableOf } from '../statement/prepared.ts'
import type { Values } from '../statement/variables.ts'
import type { PreparedCache } from './prepared-cache.ts'
import type { BatchEntry, QueryParameters, Request } from './request.ts'
import { protocolError } from './request.ts'
import type { ColumnSpecs, Response, ServerEvent } from './response.ts'

export interface SessionParts {
  readonly executor: Executor
  readonly prepared: PreparedCache
  readonly schema: () => Schema
  readonly findTable: FindTable
  /** Resolves with undefined when nothing had to change. */
  readonly changeSchema: (statement: SchemaStatement, keyspace: string | undefined) => Promise<SchemaChange | undefined>
  readonly truncate: (table: Table) => Promise<void>
}

export interface Answer {
  readonly response: Response
  readonly warnings?: readonly string[]
}

export class ClientSession {
  readonly #parts: SessionParts
  readonly #events = new Set<string>()
  #keyspace: string | undefined
  #isStarted = false

  constructor(parts: SessionParts) {
    this.#parts = parts
  }

  /** Whether the client wants to be told of it. */
  wants(event: ServerEvent): boolean {
    return this.#events.has(event.type)
  }

  /** Rejects with a RequestError. */
  async answer(request: Request): Promise<Answer> {
    if (!this.#isStarted && request.kind !== 'startup' && request.kind !== 'options') {
      throw protocolError(`Unexpected message ${request.kind.toUpperCase()}, expecting STARTUP or OPTIONS`)
    }
    switch (request.kind) {
      case 'options':
        return { response: { kind: 'supported', options: SUPPORTED } }
      case 'startup':
        return { response: this.#start(request.options) }
      case 'register':
        return { response: this.#register(request.events) }
      case 'query':
        return this.#run(prepare(request.query, this.#keyspace, this.#parts.findTable), request.parameters)
      case 'prepare':
        return { response: this.#prepare(request.query) }
      case 'execute':
        return this.#run(this.#parts.prepared.get(request.id), request.parameters)
      case 'batch':
        return this.#batch(request)
    }
  }

  #start(options: ReadonlyMap<string, string>): Response {
    if (this.#isStarted) throw protocolError('Unexpected message STARTUP: the connection is ready')
    if (!options.has('CQL_VERSION')) throw protocolError('Missing value CQL_VERSION in STARTUP message')
    const compression = options.get('COMPRESSION')
    if (compression !== undefined) throw protocolError(`Unknown compression algorithm: ${compression}`)
    this.#isStarted = true
    return { kind: 'ready' }
  }

  #register(events: readonly string[]): Response {
    for (const event of events) {
      if (!EVENT_TYPES.has(event)) throw protocolError(`Invalid value '${event}' for Type`)
      this.#events.add(event)
    }
    return { kind: 'ready' }
  }

  #prepare(query: string): Response {
    const prepared = prepare(query, this.#keyspace, this.#parts.findTable)
    const { plan, variables, partitionKeyIndexes } = prepared
    const table = tableOf(plan)
    return {
      kind: 'prepared',
      id: this.#parts.prepared.add(prepared),
      variables: { keyspace: table?.keyspace ?? '', table: table?.name ?? '', columns: variables },
      partitionKeyIndexes,
      result: plan.kind === 'select' ? specsOf(plan.table, plan.columns) : undefined,
    }
  }

  async #run(prepared: Prepared, parameters: QueryParameters): Promise<Answer> {
    const { plan } = prepared
    const values = bind(prepared, parameters.values, parameters.names)
    const { executor } = this.#parts
    switch (plan.kind) {
      case 'select': {
        const { rows, pagingState } = await executor.select(plan, values, parameters)
        const specs = specsOf(plan.table, plan.columns)
        return { response: { kind: 'rows', specs, rows, pagingState, skipMetadata: parameters.skipMetadata } }
      }
      case 'modification':
        await executor.modify(plan, values, parameters)
        return DONE
      case 'batch': {
        const at = plan.at(values, executor.at(parameters))
        const items = plan.plans.map(one => ({ plan: one, values }))
        return { ...DONE, warnings: await executor.batch(plan.type, items, { ...parameters, at }) }
      }
      case 'schema': {
        const change = await this.#parts.changeSchema(plan.statement, this.#keyspace)
        return change === undefined ? DONE : { response: { kind: 'schema-change', change } }
      }
      case 'use':
        this.#keyspace = this.#parts.schema().keyspaces.has(plan.keyspace) ? plan.keyspace : noKeyspace(plan.keyspace)
        return { response: { kind: 'set-keyspace', keyspace: plan.keyspace } }
      case 'truncate':
        await this.#parts.truncate(plan.table)
        return DONE
    }
  }

  async #batch(request: Extract<Request, { readonly kind: 'batch' }>): Promise<Answer> {
    const items = request.entries.map(entry => this.#batchItem(entry))
    return { ...DONE, warnings: await this.#parts.executor.batch(request.type, items, request) }
  }

  #batchItem({ statement, values }: BatchEntry): { readonly plan: ModificationPlan; readonly values: Values } {
    const prepared =
      statement.kind === 'id'
        ? this.#parts.prepared.get(statement.id)
        : prepare(statement.query, this.#keyspace, this.#parts.findTable)
    if (prepared.plan.kind !== 'modification') {
      throw invalid('Invalid statement in batch: only UPDATE, INSERT and DELETE statements are allowed.')
    }
    return { plan: prepared.plan, values: bind(prepared, values, undefined) }
  }
}

function specsOf(table: Table, columns: ColumnSpecs['columns']): ColumnSpecs {
  return { keyspace: table.keyspace, table: table.name, columns }
}

function noKeyspace(name: string): never {
  throw invalid(`Keyspace '${name}' does not exist`)
}

const DONE: Answer = { response: { kind: 'void' } }

const EVENT_TYPES: ReadonlySet<string> = new Set(['TOPOLOGY_CHANGE', 'STATUS_CHANGE', 'SCHEMA_CHANGE'])

const SUPPORTED: ReadonlyMap<string, readonly string[]> = new Map([
  ['CQL_VERSION', ['3.4.7']],
  ['COMPRESSION', []],
  ['PROTOCOL_VERSIONS', ['4/v4']],
])
