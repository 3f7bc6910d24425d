// What of a table a SELECT reads: partitions and stretches of them, or a part of the ring.

import type { Select } from '../cql/syntax.ts'
import { invalid } from '../request-error.ts'
import type { Token } from '../ring/murmur3.ts'
import { MIN_TOKEN, tokenFromBigInt } from '../ring/murmur3.ts'
import type { Table } from '../schema/table.ts'
import { onlyEqualOrIn } from './key-restrictions.ts'
import { keysOf } from './keys-of.ts'
import type { Bounds, Restrictions } from './restrictions.ts'
import type { Slice } from './slices.ts'
import { checkClustering, slicesOf } from './slices.ts'
import type { Values } from './variables.ts'

export type Target =
  | { readonly kind: 'partitions'; readonly keys: readonly Uint8Array[]; readonly slices: readonly Slice[] }
  | { readonly kind: 'scan'; readonly after: Token; readonly to: Token | undefined }

/** Throws where rows would have to be looked through one by one. */
export function targetOf(
  table: Table,
  statement: Select,
  { byColumn, token }: Restrictions,
): (values: Values) => Target {
  if (table.regular.some(column => byColumn.has(column.name))) throw filtering(statement)
  const restricted = table.partitionKey.filter(column => byColumn.has(column.name))
  if (restricted.length === table.partitionKey.length && token === undefined) {
    if (restricted.some(column => byColumn.get(column.name)?.kind === 'slice')) throw onlyEqualOrIn()
    checkClustering(table, byColumn)
    const keys = keysOf(table, byColumn)
    const slices = slicesOf(table, byColumn)
    return values => ({ kind: 'partitions', keys: keys(values), slices: slices(values) })
  }
  if (restricted.some(column => byColumn.get(column.name)?.kind === 'slice')) throw onlyEqualOrIn()
  if (byColumn.size > 0) throw filtering(statement)
  if (token?.kind === 'in') throw invalid('IN relations on the token are not part of this server')
  if (token === undefined) return () => ({ kind: 'scan', after: MIN_TOKEN, to: undefined })
  const [from, to] = token.kind === 'equal' ? [inclusive(token.value), inclusive(token.value)] : [token.from, token.to]
  return values => ({ kind: 'scan', after: lowToken(from, values), to: highToken(to, values) })
}

function inclusive(value: Bounds['value']): Bounds {
  return { value, isInclusive: true }
}

function lowToken(bound: Bounds | undefined, values: Values): Token {
  if (bound === undefined) return MIN_TOKEN
  const token = tokenValue(bound, values)
  return bound.isInclusive && token > LONG_MIN ? tokenFromBigInt(token - 1n) : tokenFromBigInt(token)
}

function highToken(bound: Bounds | undefined, values: Values): Token | undefined {
  if (bound === undefined) return undefined
  const token = tokenValue(bound, values)
  return bound.isInclusive || token === LONG_MIN ? tokenFromBigInt(token) : tokenFromBigInt(token - 1n)
}

function tokenValue({ value }: Bounds, values: Values): bigint {
  const bytes = value(values)
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).readBigInt64BE()
}

function filtering({ allowFiltering }: Select): Error {
  if (allowFiltering) return invalid('Filtering (ALLOW FILTERING) is not part of this server')
  return invalid(
    'Cannot execute this query as it might involve data filtering and thus may have unpredictable performance. ' +
      'If you want to execute this query despite the performance unpredictability, use ALLOW FILTERING',
  )
}

const LONG_MIN = -(2n ** 63n)
