// The prepared statements of one node, by their ids. They are gone after a restart: then a client is told UNPREPARED.

import { RequestError } from '../request-error.ts'
import type { Schema } from '../schema/schema.ts'
import type { Plan, Prepared } from '../statement/prepared.ts'
import { idOf } from '../statement/prepared.ts'
import type { Table } from '../schema/table.ts'

export class PreparedCache {
  readonly #byId = new Map<string, Prepared>()
  readonly #schema: () => Schema

  constructor(schema: () => Schema) {
    this.#schema = schema
  }

  add(prepared: Prepared): Buffer {
    const id = idOf(prepared.query, prepared.keyspace)
    this.#byId.set(id.toString('latin1'), prepared)
    if (this.#byId.size > PREPARED_MAX) {
      for (const oldest of this.#byId.keys()) {
        this.#byId.delete(oldest)
        break
      }
    }
    return id
  }

  /** Throws UNPREPARED, too, when a table of the statement is not what it was. */
  get(id: Buffer): Prepared {
    const name = id.toString('latin1')
    const prepared = this.#byId.get(name)
    if (prepared !== undefined && tablesOf(prepared.plan).every(table => this.#isCurrent(table))) return prepared
    this.#byId.delete(name)
    throw new RequestError(
      { kind: 'unprepared', id },
      `Prepared query with ID ${id.toString('hex')} not found (either the query was not prepared on this host ` +
        '(maybe the host has been restarted?) or you have prepared too many queries and it has been evicted from the ' +
        'internal cache)',
    )
  }

  #isCurrent(table: Table): boolean {
    if (table.replication.kind === 'local') return true
    const current = this.#schema().table(table)
    return current?.definition === table.definition && current.replication === table.replication
  }
}

function tablesOf(plan: Plan): readonly Table[] {
  switch (plan.kind) {
    case 'modification':
    case 'select':
    case 'truncate':
      return [plan.table]
    case 'batch':
      return plan.plans.map(({ table }) => table)
    case 'schema':
    case 'use':
      return []
  }
}

const PREPARED_MAX = 10_000
