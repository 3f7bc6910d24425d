// INSERT, UPDATE and DELETE against a table: from bound values to what replicas are to merge.

import type { Delete, Insert, Modification, Relation, Update, Using } from '../cql/syntax.ts'
import type { Cell, Deletion } from '../data/cell.ts'
import type { Fragment } from '../data/fragment.ts'
import { NO_RANGES } from '../data/range-tombstones.ts'
import { invalid } from '../request-error.ts'
import type { Column, Table } from '../schema/table.ts'
import { keysOf } from './keys-of.ts'
import { encodeKey } from './partition-key.ts'
import type { Restriction } from './restrictions.ts'
import { columnNamed, restrictionsOf } from './restrictions.ts'
import { checkClustering, rowOf, slicesOf } from './slices.ts'
import type { Getter, Values, Variables } from './variables.ts'

/** When a statement is executed. */
export interface At {
  /** For statements that name no timestamp. */
  readonly atMicros: bigint
  /** By the coordinator's clock, for tombstones. */
  readonly nowSeconds: number
}

export interface ModificationPlan {
  readonly kind: 'modification'
  readonly table: Table
  readonly hasTimestamp: boolean
  /** One fragment a partition, normalized. */
  fragments(values: Values, at: At): readonly Fragment[]
}

export function planModification(table: Table, statement: Modification, variables: Variables): ModificationPlan {
  if (statement.isConditional) throw invalid('Conditional statements (IF …) are not part of this server')
  const timestamp = timestampOf(statement.using, variables)
  const fragments = writerOf(table, statement, variables)
  return {
    kind: 'modification',
    table,
    hasTimestamp: statement.using.timestamp !== undefined,
    fragments: (values, at) => fragments(values, { ...at, atMicros: timestamp(values) ?? at.atMicros }),
  }
}

type Writer = (values: Values, at: At) => readonly Fragment[]

function writerOf(table: Table, statement: Modification, variables: Variables): Writer {
  switch (statement.kind) {
    case 'insert':
      return planInsert(table, statement, variables)
    case 'update':
      return planUpdate(table, statement, variables)
    case 'delete':
      return planDelete(table, statement, variables)
  }
}

function planInsert(table: Table, statement: Insert, variables: Variables): Writer {
  const { columns, values: terms } = statement
  if (columns.length !== terms.length) throw invalid('Unmatched column names/values')
  const getters = new Map<string, Getter>()
  for (const [index, name] of columns.entries()) {
    const column = columnNamed(table, name)
    const term = terms[index]
    if (getters.has(name)) throw invalid(`The column names contains duplicates`)
    if (term === undefined) throw invalid('Unmatched column names/values')
    getters.set(name, column.kind === 'regular' ? variables.getter(term, column) : variables.required(term, column))
  }
  const keyGetters = keyPart(table.partitionKey, getters, 'partition key parts')
  const clusteringGetters = keyPart(table.clustering, getters, 'clustering keys')
  const cells = table.regular.map(column => getters.get(column.name))
  return (values, at) => {
    const key = encodeKey(keyGetters.map(getter => getter(values)))
    const row = rowOf(
      table,
      clusteringGetters.map(getter => getter(values)),
    )
    const cellsNow = cells.map(getter => cellOf(getter?.(values), at))
    return [partition(key, { rows: [{ ...row, insertedMicros: at.atMicros, deletion: undefined, cells: cellsNow }] })]
  }
}

function planUpdate(table: Table, statement: Update, variables: Variables): Writer {
  const getters = new Map<string, Getter>()
  for (const { column: name, term } of statement.assignments) {
    const column = columnNamed(table, name)
    if (column.kind !== 'regular') throw invalid(`PRIMARY KEY part ${name} found in SET part`)
    if (getters.has(name)) throw invalid(`Multiple assignments to the column ${name}`)
    getters.set(name, variables.getter(term, column))
  }
  const restrictions = keyRestrictions(table, statement.where, variables)
  for (const column of table.clustering) {
    const restriction = restrictions.get(column.name)
    if (restriction === undefined) throw missing([column], 'clustering keys')
    if (restriction.kind === 'slice') {
      throw invalid('Slice restrictions are not supported on the clustering columns in UPDATE statements')
    }
  }
  const keys = keysOf(table, restrictions)
  const rows = rowsOf(table, restrictions)
  const cells = table.regular.map(column => getters.get(column.name))
  return (values, at) => {
    const cellsNow = cells.map(getter => cellOf(getter?.(values), at))
    return keys(values).map(key =>
      partition(key, {
        rows: rows(values).map(row => ({ ...row, insertedMicros: undefined, deletion: undefined, cells: cellsNow })),
      }),
    )
  }
}

function planDelete(table: Table, statement: Delete, variables: Variables): Writer {
  const ordinals = new Set<number>()
  for (const name of statement.columns) {
    const column = columnNamed(table, name)
    if (column.kind !== 'regular')
      throw invalid(`Invalid identifier ${name} for deletion (should not be a PRIMARY KEY part)`)
    ordinals.add(column.position)
  }
  const restrictions = keyRestrictions(table, statement.where, variables)
  checkClustering(table, restrictions)
  const keys = keysOf(table, restrictions)
  const isOfRows = table.clustering.every(column => isOfOne(restrictions.get(column.name)))
  if (isOfRows) {
    const isOfPartition = table.clustering.length === 0 && ordinals.size === 0
    const rows = rowsOf(table, restrictions)
    return (values, at) => {
      const deletion: Deletion = { atMicros: at.atMicros, localSeconds: at.nowSeconds }
      if (isOfPartition) return keys(values).map(key => partition(key, { deletion }))
      const cells = table.regular.map(column => (ordinals.has(column.position) ? cellOf(null, at) : undefined))
      return keys(values).map(key =>
        partition(key, {
          rows: rows(values).map(row =>
            ordinals.size === 0
              ? { ...row, insertedMicros: undefined, deletion, cells: [] }
              : { ...row, insertedMicros: undefined, deletion: undefined, cells },
          ),
        }),
      )
    }
  }
  if (ordinals.size > 0) throw invalid('Range deletions are not supported for specific columns')
  const slices = slicesOf(table, restrictions)
  const isWhole = !table.clustering.some(column => restrictions.has(column.name))
  return (values, at) => {
    const deletion: Deletion = { atMicros: at.atMicros, localSeconds: at.nowSeconds }
    return keys(values).map(key =>
      partition(key, isWhole ? { deletion } : { ranges: slices(values).map(slice => ({ ...slice, deletion })) }),
    )
  }
}

function timestampOf({ timestamp, ttl }: Using, variables: Variables): (values: Values) => bigint | undefined {
  if (ttl !== undefined) throw invalid('Expiring cells (USING TTL) are not part of this server')
  if (timestamp === undefined) return () => undefined
  const getter = variables.getter(timestamp, { name: '[timestamp]', type: { kind: 'native', name: 'bigint' } })
  return values => {
    const value = getter(values)
    if (value === undefined) return undefined
    if (value === null || value.length !== 8) throw invalid('Invalid null value of timestamp')
    const micros = Buffer.from(value.buffer, value.byteOffset, value.byteLength).readBigInt64BE()
    if (micros === LONG_MIN) throw invalid(`Out of bound timestamp, must be in [${LONG_MIN + 1n}, ${-LONG_MIN - 1n}]`)
    return micros
  }
}

function keyRestrictions(
  table: Table,
  where: readonly Relation[],
  variables: Variables,
): ReadonlyMap<string, Restriction> {
  const { byColumn, token } = restrictionsOf(table, where, variables)
  if (token !== undefined)
    throw invalid('The token function cannot be used in WHERE clauses for UPDATE and DELETE statements')
  const others = table.regular.filter(column => byColumn.has(column.name)).map(column => column.name)
  if (others.length > 0) throw invalid(`Non PRIMARY KEY columns found in where clause: ${others.join(', ')} `)
  const absent = table.partitionKey.filter(column => !byColumn.has(column.name))
  if (absent.length > 0) throw missing(absent, 'partition key parts')
  if (table.partitionKey.some(column => byColumn.get(column.name)?.kind === 'slice')) throw onlyEqualOrIn()
  return byColumn
}

export function onlyEqualOrIn(): Error {
  return invalid('Only EQ and IN relation are supported on the partition key (unless you use the token() function)')
}

function keyPart(
  columns: readonly Column[],
  getters: ReadonlyMap<string, Getter>,
  what: string,
): readonly ((values: Values) => Uint8Array)[] {
  const absent = columns.filter(column => !getters.has(column.name))
  if (absent.length > 0) throw missing(absent, what)
  return columns.map(column => getters.get(column.name) as (values: Values) => Uint8Array)
}

/** One row for each combination of values; each clustering column must be restricted by values. */
function rowsOf(
  table: Table,
  restrictions: ReadonlyMap<string, Restriction>,
): (values: Values) => ReturnType<typeof rowOf>[] {
  return values => {
    let rows: (readonly Uint8Array[])[] = [[]]
    for (const column of table.clustering) {
      const restriction = restrictions.get(column.name)
      if (!isOfOne(restriction)) throw new RangeError('a row that is not restricted')
      const alternatives = restriction.kind === 'equal' ? [restriction.value(values)] : restriction.all(values)
      rows = rows.flatMap(row => alternatives.map(value => [...row, value]))
    }
    const byPlace = new Map(rows.map(clustering => rowOf(table, clustering)).map(row => [row.place, row]))
    return [...byPlace.values()].sort((a, b) => (a.place < b.place ? -1 : 1))
  }
}

function isOfOne(
  restriction: Restriction | undefined,
): restriction is Exclude<Restriction, { readonly kind: 'slice' }> {
  return restriction !== undefined && restriction.kind !== 'slice'
}

function partition(key: Uint8Array, part: Partial<Fragment>): Fragment {
  return { key, deletion: undefined, ranges: NO_RANGES, rows: [], ...part }
}

/** Null writes a tombstone; unset writes nothing. */
function cellOf(value: Uint8Array | null | undefined, at: At): Cell | undefined {
  if (value === undefined) return undefined
  if (value === null) return { atMicros: at.atMicros, value: undefined, localSeconds: at.nowSeconds }
  return { atMicros: at.atMicros, value, localSeconds: 0 }
}

function missing(columns: readonly Column[], what: string): Error {
  return invalid(`Some ${what} are missing: ${columns.map(column => column.name).join(', ')}`)
}

const LONG_MIN = -(2n ** 63n)
