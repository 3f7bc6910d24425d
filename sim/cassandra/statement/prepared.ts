// A statement, compiled against the schema: what it needs to be told, and what it does.

import { hash } from 'node:crypto'
import { parseStatement } from '../cql/parser.ts'
import type { Batch, Modification, Name, ParsedStatement, Relation, SchemaStatement, Term } from '../cql/syntax.ts'
import { RequestError, invalid } from '../request-error.ts'
import { isSystemKeyspace } from '../schema/change-schema.ts'
import type { Table } from '../schema/table.ts'
import type { ModificationPlan } from './modification-plan.ts'
import { planModification } from './modification-plan.ts'
import type { SelectPlan } from './select-plan.ts'
import { planSelect } from './select-plan.ts'
import { usingTimestamp } from './using-timestamp.ts'
import type { Bound, Values, Variable } from './variables.ts'
import { Variables } from './variables.ts'
import type { At } from './written.ts'

export interface BatchPlan {
  readonly kind: 'batch'
  readonly type: Batch['type']
  readonly plans: readonly ModificationPlan[]
  /** When the whole batch names a timestamp. */
  at(values: Values, at: At): At
}

export type Plan =
  | ModificationPlan
  | SelectPlan
  | BatchPlan
  | { readonly kind: 'schema'; readonly statement: SchemaStatement }
  | { readonly kind: 'use'; readonly keyspace: string }
  | { readonly kind: 'truncate'; readonly table: Table }

export interface Prepared {
  readonly query: string
  readonly keyspace: string | undefined
  readonly plan: Plan
  readonly variables: readonly Variable[]
  /** The markers of the partition key, when all of it is bound: with it a driver knows whom to ask. */
  readonly partitionKeyIndexes: readonly number[]
}

/** The table of that name. Throws what Cassandra answers when there is none. */
export type FindTable = (name: Name, keyspace: string | undefined) => Table

/** Throws a RequestError. */
export function prepare(query: string, keyspace: string | undefined, find: FindTable): Prepared {
  const parsed = parseStatement(query)
  const variables = new Variables(parsed.markers)
  const plan = planOf(parsed, variables, name => find(name, keyspace))
  return {
    ...{ query, keyspace, plan },
    variables: variables.all,
    partitionKeyIndexes: partitionKeyIndexes(parsed, tableOf(plan)),
  }
}

/** What the same statement in the same keyspace is always called, as Cassandra computes it. */
export function idOf(query: string, keyspace: string | undefined): Buffer {
  return hash('md5', `${keyspace ?? ''}${query}`, 'buffer')
}

/** The table that a statement is about, if it is one. */
export function tableOf(plan: Plan): Table | undefined {
  switch (plan.kind) {
    case 'modification':
    case 'select':
    case 'truncate':
      return plan.table
    case 'batch':
      return plan.plans[0]?.table
    case 'schema':
    case 'use':
      return undefined
  }
}

/** The values in the order of the markers. */
export function bind(prepared: Prepared, values: readonly Bound[], names: readonly string[] | undefined): Values {
  const { variables } = prepared
  if (names !== undefined) {
    return variables.map(({ name }) => {
      const index = names.indexOf(name)
      return index < 0 ? undefined : values[index]
    })
  }
  if (values.length !== variables.length) throw invalid('Invalid amount of bind variables')
  return values
}

function planOf({ statement }: ParsedStatement, variables: Variables, find: (name: Name) => Table): Plan {
  switch (statement.kind) {
    case 'select':
      return planSelect(find(statement.table), statement, variables)
    case 'insert':
    case 'update':
    case 'delete':
      return planModification(writable(find(statement.table)), statement, variables)
    case 'batch':
      return planBatch(statement, variables, find)
    case 'truncate':
      return { kind: 'truncate', table: writable(find(statement.table)) }
    case 'use':
      return statement
    case 'create-keyspace':
    case 'drop-keyspace':
    case 'create-table':
    case 'drop-table':
      return { kind: 'schema', statement }
  }
}

function planBatch(statement: Batch, variables: Variables, find: (name: Name) => Table): BatchPlan {
  const { using, type } = statement
  const timestamp = usingTimestamp(using, variables)
  const plans = statement.statements.map(one => planModification(writable(find(one.table)), one, variables))
  if (using.timestamp !== undefined && plans.some(plan => plan.hasTimestamp)) {
    throw invalid('Timestamp must be set either on BATCH or individual statements')
  }
  return {
    ...{ kind: 'batch', type, plans },
    at: (values, at) => ({ ...at, atMicros: timestamp(values) ?? at.atMicros }),
  }
}

function writable(table: Table): Table {
  if (!isSystemKeyspace(table.keyspace)) return table
  throw new RequestError({ kind: 'unauthorized' }, `${table.keyspace} keyspace is not user-modifiable.`)
}

function partitionKeyIndexes({ statement }: ParsedStatement, table: Table | undefined): readonly number[] {
  if (table === undefined) return []
  const markers = new Map<string, number>()
  const note = (column: string | undefined, term: Term | undefined): void => {
    if (column !== undefined && term?.kind === 'marker') markers.set(column, term.index)
  }
  for (const one of statement.kind === 'batch' ? statement.statements.slice(0, 1) : [statement]) {
    if (one.kind === 'insert') for (const [index, column] of one.columns.entries()) note(column, one.values[index])
    else for (const relation of relationsOf(one)) if (isEqual(relation)) note(relation.column, relation.term)
  }
  const indexes = table.partitionKey.map(column => markers.get(column.name))
  return indexes.every(index => index !== undefined) ? indexes : []
}

function relationsOf(statement: ParsedStatement['statement'] | Modification): readonly Relation[] {
  return 'where' in statement ? statement.where : []
}

function isEqual(relation: Relation): relation is Extract<Relation, { readonly kind: 'compare' }> {
  return relation.kind === 'compare' && relation.operator === '='
}
