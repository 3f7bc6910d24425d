// What a WHERE clause says about each column, in the words of Cassandra where it contradicts itself.

import type { Operator, Relation, Term } from '../cql/syntax.ts'
import { invalid } from '../request-error.ts'
import type { Column, Table } from '../schema/table.ts'
import { validateValue } from '../types/validate.ts'
import { ByteReader } from '../wire/byte-reader.ts'
import type { Values, Variables } from './variables.ts'

type Value = (values: Values) => Uint8Array

export interface Bounds {
  readonly value: Value
  readonly isInclusive: boolean
}

export type Restriction =
  | { readonly kind: 'equal'; readonly value: Value }
  | { readonly kind: 'in'; readonly all: (values: Values) => readonly Uint8Array[] }
  | { readonly kind: 'slice'; readonly from: Bounds | undefined; readonly to: Bounds | undefined }

export interface Restrictions {
  readonly byColumn: ReadonlyMap<string, Restriction>
  /** On the token of the partition key. */
  readonly token: Restriction | undefined
}

export function restrictionsOf(table: Table, relations: readonly Relation[], variables: Variables): Restrictions {
  const byColumn = new Map<string, Restriction>()
  let token: Restriction | undefined
  for (const relation of relations) {
    if (relation.kind === 'token') {
      checkTokenColumns(table, relation.columns)
      const receiver = { name: 'partition key token', type: TOKEN_TYPE }
      const restriction = compared(relation, variables.required(relation.term, receiver), receiver.name)
      token = joined(token, restriction, 'token')
    } else {
      const column = columnNamed(table, relation.column)
      byColumn.set(
        column.name,
        joined(byColumn.get(column.name), restrictionOf(relation, column, variables), column.name),
      )
    }
  }
  return { byColumn, token }
}

export function columnNamed(table: Table, name: string): Column {
  const column = table.columns.get(name)
  if (column === undefined) throw invalid(`Undefined column name ${name} in table ${table.keyspace}.${table.name}`)
  return column
}

function restrictionOf(
  relation: Exclude<Relation, { readonly kind: 'token' }>,
  column: Column,
  variables: Variables,
): Restriction {
  switch (relation.kind) {
    case 'compare':
      return compared(relation, variables.required(relation.term, column), column.name)
    case 'in': {
      const getters = relation.terms.map(term => variables.required(term, column))
      return { kind: 'in', all: values => getters.map(getter => getter(values)) }
    }
    case 'in-marker': {
      const receiver = { name: `in(${column.name})`, type: { kind: 'list', of: column.type, isFrozen: false } } as const
      const list = variables.required(relation.term, receiver)
      return { kind: 'in', all: values => elementsOf(list(values), column) }
    }
  }
}

function compared(
  relation: { readonly operator: Operator; readonly term: Term },
  value: Value,
  name: string,
): Restriction {
  switch (relation.operator) {
    case '=':
      return { kind: 'equal', value }
    case '<':
    case '<=':
      return { kind: 'slice', from: undefined, to: { value, isInclusive: relation.operator === '<=' } }
    case '>':
    case '>=':
      return { kind: 'slice', from: { value, isInclusive: relation.operator === '>=' }, to: undefined }
    case '!=':
      throw invalid(`Unsupported "!=" relation: ${name} != ?`)
  }
}

function joined(before: Restriction | undefined, more: Restriction, name: string): Restriction {
  if (before === undefined) return more
  if (before.kind === 'slice' && more.kind === 'slice') {
    if (before.from !== undefined && more.from !== undefined) throw twice('start', name)
    if (before.to !== undefined && more.to !== undefined) throw twice('end', name)
    return { kind: 'slice', from: before.from ?? more.from, to: before.to ?? more.to }
  }
  const what = before.kind === 'in' ? 'a IN' : 'an Equal'
  throw invalid(`${name} cannot be restricted by more than one relation if it includes ${what}`)
}

function twice(bound: 'start' | 'end', name: string): Error {
  return invalid(`More than one restriction was found for the ${bound} bound on ${name}`)
}

/** The elements of a bound list. */
function elementsOf(list: Uint8Array, column: Column): readonly Uint8Array[] {
  const reader = new ByteReader(list)
  const elements: Uint8Array[] = []
  for (let left = reader.count(4); left > 0; left--) {
    const element = reader.bytes()
    if (element === null) throw invalid(`Invalid null value in condition for column ${column.name}`)
    validateValue(column.type, element)
    elements.push(element)
  }
  return elements
}

function checkTokenColumns(table: Table, names: readonly string[]): void {
  for (const name of names) columnNamed(table, name)
  const keys = table.partitionKey.map(column => column.name)
  if (names.length !== keys.length || !keys.every(key => names.includes(key))) {
    throw invalid('The token() function must be applied to all partition key components or none of them')
  }
  if (!keys.every((key, index) => names[index] === key)) {
    throw invalid(`The token function arguments must be in the partition key order: ${keys.join(', ')}`)
  }
}

const TOKEN_TYPE = { kind: 'native', name: 'bigint' } as const
