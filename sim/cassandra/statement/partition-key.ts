// Partition keys as bytes: the value of one column, or the values of several in Cassandra's composite form.

import { invalid } from '../request-error.ts'
import { ByteReader } from '../wire/byte-reader.ts'

export function encodeKey(values: readonly Uint8Array[]): Uint8Array {
  const [only] = values
  const key = values.length === 1 && only !== undefined ? only : composite(values)
  if (key.length === 0) throw invalid('Key may not be empty')
  if (key.length > KEY_BYTES_MAX) {
    throw invalid(`Key length of ${key.length} is longer than maximum of ${KEY_BYTES_MAX}`)
  }
  return key
}

export function decodeKey(key: Uint8Array, columns: number): readonly Uint8Array[] {
  if (columns === 1) return [key]
  const reader = new ByteReader(key)
  const values: Uint8Array[] = []
  for (let index = 0; index < columns; index++) {
    values.push(reader.raw(reader.u16()))
    reader.u8()
  }
  return values
}

function composite(values: readonly Uint8Array[]): Uint8Array {
  const key = Buffer.allocUnsafe(values.reduce((sum, value) => sum + value.length + 3, 0))
  let at = 0
  for (const value of values) {
    if (value.length > KEY_BYTES_MAX) {
      throw invalid(`Key length of ${value.length} is longer than maximum of ${KEY_BYTES_MAX}`)
    }
    at = key.writeUInt16BE(value.length, at)
    key.set(value, at)
    at += value.length
    key[at++] = 0
  }
  return key
}

const KEY_BYTES_MAX = 65_535
