// Constants of CQL as bytes of a type.

import { invalid } from '../request-error.ts'
import type { CqlType, NativeName } from './cql-type.ts'
import { formatType } from './cql-type.ts'
import { bigintBytes, doubleBytes, floatBytes, intBytes, textBytes, varintBytes } from './native-bytes.ts'
import { inetBytes } from './inet.ts'
import { parseTimestamp } from './timestamp-text.ts'
import { uuidBytes } from './uuid-text.ts'

export type ConstantKind = 'STRING' | 'INTEGER' | 'FLOAT' | 'BOOLEAN' | 'UUID' | 'HEX'

export interface Constant {
  readonly kind: ConstantKind
  /** A string without its quotes; everything else as it was written. */
  readonly text: string
}

/** Throws what Cassandra answers when the constant is not of the type of the column that it is for. */
export function constantBytes(
  constant: Constant,
  column: { readonly name: string; readonly type: CqlType },
): Uint8Array {
  const { type } = column
  if (type.kind !== 'native' || !ACCEPTED[type.name].includes(constant.kind)) {
    throw invalid(
      `Invalid ${constant.kind} constant (${constant.text}) for "${column.name}" of type ${formatType(type)}`,
    )
  }
  return nativeBytes(type.name, constant)
}

function nativeBytes(name: NativeName, { kind, text }: Constant): Uint8Array {
  switch (name) {
    case 'ascii':
    case 'text':
      return textBytes(text)
    case 'blob':
      if (text.length % 2 !== 0) throw invalid('An hex string representing bytes must have an even length')
      return Buffer.from(text.slice(2), 'hex')
    case 'boolean':
      return Buffer.from([text.toLowerCase() === 'true' ? 1 : 0])
    case 'tinyint':
      return integerBytes(text, 1)
    case 'smallint':
      return integerBytes(text, 2)
    case 'int':
      return intBytes(integer(text, 4))
    case 'bigint':
      return bigintBytes(wide(text))
    case 'varint':
      return varintBytes(BigInt(text))
    case 'float':
      return floatBytes(decimal(text))
    case 'double':
      return doubleBytes(decimal(text))
    case 'timestamp':
      return bigintBytes(kind === 'INTEGER' ? wide(text) : BigInt(parseTimestamp(text)))
    case 'uuid':
      return uuidBytes(text)
    case 'timeuuid': {
      const bytes = uuidBytes(text)
      if ((bytes[6] ?? 0) >>> 4 !== 1) throw invalid(`'${text}' is not a timeuuid`)
      return bytes
    }
    case 'inet':
      return inetBytes(text)
  }
}

function integerBytes(text: string, size: 1 | 2): Uint8Array {
  const bytes = Buffer.alloc(size)
  bytes.writeIntBE(integer(text, size), 0, size)
  return bytes
}

function integer(text: string, size: 1 | 2 | 4): number {
  const value = Number(text)
  const limit = 2 ** (8 * size - 1)
  if (value < -limit || value >= limit) throw invalid(`Unable to make ${NAMES[size]} from '${text}'`)
  return value
}

function wide(text: string): bigint {
  const value = BigInt(text)
  if (BigInt.asIntN(64, value) !== value) throw invalid(`Unable to make long from '${text}'`)
  return value
}

function decimal(text: string): number {
  const lower = text.toLowerCase()
  if (lower.endsWith('nan')) return NaN
  if (lower.endsWith('infinity')) return lower.startsWith('-') ? -Infinity : Infinity
  return Number(text)
}

const NAMES = { 1: 'byte', 2: 'short', 4: 'int' } as const

/** Which constants a type takes. */
const ACCEPTED: Readonly<Record<NativeName, readonly ConstantKind[]>> = {
  ascii: ['STRING'],
  text: ['STRING'],
  inet: ['STRING'],
  timestamp: ['STRING', 'INTEGER'],
  blob: ['HEX'],
  boolean: ['BOOLEAN'],
  bigint: ['INTEGER'],
  int: ['INTEGER'],
  smallint: ['INTEGER'],
  tinyint: ['INTEGER'],
  varint: ['INTEGER'],
  double: ['INTEGER', 'FLOAT'],
  float: ['INTEGER', 'FLOAT'],
  uuid: ['UUID'],
  timeuuid: ['UUID'],
}
