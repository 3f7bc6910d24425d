// Whether bytes are a value of a type, in the words in which Cassandra says that they are not.

import { isUtf8, isAscii } from 'node:buffer'
import { invalid } from '../request-error.ts'
import type { CqlType, NativeName } from './cql-type.ts'

/** Throws unless the bytes are a value of the type. */
export function validateValue(type: CqlType, bytes: Uint8Array): void {
  switch (type.kind) {
    case 'native':
      validateNative(type.name, bytes)
      return
    case 'list':
    case 'set':
    case 'map':
      validateCollection(type, bytes)
  }
}

function validateNative(name: NativeName, bytes: Uint8Array): void {
  const { length } = bytes
  switch (name) {
    case 'blob':
      return
    case 'ascii':
      if (!isAscii(bytes)) throw invalid('Invalid byte for ascii: string is not ASCII')
      return
    case 'text':
      if (!isUtf8(bytes)) throw invalid("String didn't validate.")
      return
    case 'boolean':
      if (length > 1) throw invalid(`Expected 1 or 0 byte value (${length})`)
      return
    case 'tinyint':
      if (length !== 1) throw invalid(`Expected 1 byte for a tinyint (${length})`)
      return
    case 'smallint':
      if (length !== 2) throw invalid(`Expected 2 bytes for a smallint (${length})`)
      return
    case 'int':
      if (length !== 4 && length !== 0) throw invalid(`Expected 4 or 0 byte int (${length})`)
      return
    case 'float':
      if (length !== 4 && length !== 0) throw invalid(`Expected 4 or 0 byte value for a float (${length})`)
      return
    case 'bigint':
      if (length !== 8 && length !== 0) throw invalid(`Expected 8 or 0 byte long (${length})`)
      return
    case 'timestamp':
      if (length !== 8 && length !== 0) throw invalid(`Expected 8 or 0 byte long for date (${length})`)
      return
    case 'double':
      if (length !== 8 && length !== 0) throw invalid(`Expected 8 or 0 byte value for a double (${length})`)
      return
    case 'uuid':
      if (length !== 16 && length !== 0) throw invalid(`UUIDs must be exactly 16 bytes`)
      return
    case 'timeuuid':
      if (length !== 16 && length !== 0) throw invalid(`TimeUUID should be 16 or 0 bytes (${length})`)
      if (length === 16 && (bytes[6] ?? 0) >>> 4 !== 1) throw invalid('Invalid version for TimeUUID type.')
      return
    case 'inet':
      if (length !== 4 && length !== 16 && length !== 0)
        throw invalid(`bytes is not a valid inet address: ${length} bytes`)
      return
    case 'varint':
      return
  }
}

/** Values of collections are in system tables only, and those are made here. */
function validateCollection(type: CqlType, bytes: Uint8Array): void {
  if (bytes.length < 4) throw invalid(`Not enough bytes to read a ${type.kind}`)
}
