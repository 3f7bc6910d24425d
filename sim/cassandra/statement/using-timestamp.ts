// The timestamp that a statement or a batch names.

import type { Using } from '../cql/syntax.ts'
import { invalid } from '../request-error.ts'
import type { Values, Variables } from './variables.ts'

/** Undefined where none is named, or where it was left unset. */
export function usingTimestamp(
  { timestamp, ttl }: Using,
  variables: Variables,
): (values: Values) => bigint | undefined {
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

const LONG_MIN = -(2n ** 63n)
