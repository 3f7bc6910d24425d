// Clustering values in a form that sorts as the table does.
//
// The place of a row is a string of one-byte characters: each clustering value, one after another, in an encoding that
// compares as its type does and never is the beginning of another; complemented where the order is descending. So one
// comparison of strings compares rows, and all rows under a prefix are those from the prefix to the prefix with AFTER.

import type { CqlType, NativeName } from './cql-type.ts'

export interface Ordering {
  readonly type: CqlType
  readonly isDescending: boolean
}

/** Larger than what any further clustering value begins with: a prefix and this come after all rows under the prefix. */
export const AFTER = '\xff'

/** The place of a row, or of a prefix of clustering values. The values must be valid for their types. */
export function placeOf(orderings: readonly Ordering[], values: readonly Uint8Array[]): string {
  let place = ''
  for (let index = 0; index < values.length; index++) {
    const ordering = orderings[index]
    const value = values[index]
    if (ordering === undefined || value === undefined) throw new RangeError('more clustering values than columns')
    const part = comparable(ordering.type, value)
    place += (ordering.isDescending ? complement(part) : part).toString('latin1')
  }
  return place
}

/** Compares two values as their type does. */
export function compareValues(type: CqlType, a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(comparable(type, a), comparable(type, b))
}

function comparable(type: CqlType, value: Uint8Array): Buffer {
  if (type.kind !== 'native') return escaped(value)
  if (value.length === 0 && !hasEmpty(type.name)) return Buffer.from([EMPTY])
  switch (type.name) {
    case 'ascii':
    case 'blob':
    case 'inet':
    case 'text':
      return escaped(value)
    case 'boolean':
      return Buffer.from([PRESENT, value[0] === 0 ? 0 : 1])
    case 'bigint':
    case 'int':
    case 'smallint':
    case 'timestamp':
    case 'tinyint':
      return signed(value)
    case 'double':
    case 'float':
      return floating(value)
    case 'timeuuid':
      return timeUuid(value)
    case 'uuid':
      return uuid(value)
    case 'varint':
      return variable(value)
  }
}

function hasEmpty(name: NativeName): boolean {
  return name === 'ascii' || name === 'blob' || name === 'text'
}

/** A zero byte is followed by 0xff, the end by 0x00: no value is the beginning of another. */
function escaped(value: Uint8Array): Buffer {
  let zeros = 0
  for (const byte of value) if (byte === 0) zeros++
  const bytes = Buffer.allocUnsafe(value.length + zeros + 3)
  bytes[0] = PRESENT
  let at = 1
  if (zeros === 0) {
    bytes.set(value, at)
    at += value.length
  } else {
    for (const byte of value) {
      bytes[at++] = byte
      if (byte === 0) bytes[at++] = 0xff
    }
  }
  bytes[at++] = 0
  bytes[at] = 0
  return bytes
}

function signed(value: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(value.length + 1)
  bytes[0] = PRESENT
  bytes.set(value, 1)
  bytes[1] = (bytes[1] ?? 0) ^ 0x80
  return bytes
}

/** IEEE 754: positive ones sort with the sign flipped, negative ones with all bits flipped; all NaN are one, the largest. */
function floating(value: Uint8Array): Buffer {
  const view = Buffer.from(value)
  const isNaN = Number.isNaN(view.length === 4 ? view.readFloatBE() : view.readDoubleBE())
  if (isNaN) view.fill(0xff).writeUInt8(0x7f)
  const bytes = signed(view)
  if (((view[0] ?? 0) & 0x80) === 0) return bytes
  for (let index = 1; index < bytes.length; index++) bytes[index] = ~(view[index - 1] ?? 0) & 0xff
  return bytes
}

/** By time; then byte by byte, as signed bytes. */
function timeUuid(value: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(1 + 8 + 8)
  bytes[0] = PRESENT
  writeTime(bytes, value)
  for (let index = 8; index < 16; index++) bytes[index + 1] = (value[index] ?? 0) ^ 0x80
  return bytes
}

/** By version; version 1 by time; then as unsigned bytes. */
function uuid(value: Uint8Array): Buffer {
  const version = (value[6] ?? 0) >>> 4
  const bytes = Buffer.allocUnsafe(2 + 8 + 8)
  bytes[0] = PRESENT
  bytes[1] = version
  bytes.set(value, 2)
  if (version === 1) writeTime(bytes.subarray(1), value)
  return bytes
}

function writeTime(bytes: Buffer, value: Uint8Array): void {
  bytes[1] = (value[6] ?? 0) & 0x0f
  bytes[2] = value[7] ?? 0
  bytes.set(value.subarray(4, 6), 3)
  bytes.set(value.subarray(0, 4), 5)
}

/** Two's complement of any length: sign and length first, so that longer ones are farther from zero. */
function variable(value: Uint8Array): Buffer {
  let skip = 0
  const isNegative = ((value[0] ?? 0) & 0x80) !== 0
  const padding = isNegative ? 0xff : 0
  while (skip < value.length - 1 && value[skip] === padding && isSameSign(value[skip + 1], isNegative)) skip++
  const digits = value.subarray(skip)
  const bytes = Buffer.allocUnsafe(digits.length + 5)
  bytes[0] = PRESENT
  bytes.writeInt32BE(isNegative ? -digits.length : digits.length, 1)
  bytes[1] = (bytes[1] ?? 0) ^ 0x80
  bytes.set(digits, 5)
  return bytes
}

function isSameSign(byte: number | undefined, isNegative: boolean): boolean {
  return (((byte ?? 0) & 0x80) !== 0) === isNegative
}

function complement(bytes: Buffer): Buffer {
  for (let index = 0; index < bytes.length; index++) bytes[index] = ~(bytes[index] ?? 0) & 0xff
  return bytes
}

/** What a value begins with: neither it nor its complement is AFTER. */
const PRESENT = 0x41
const EMPTY = 0x40
