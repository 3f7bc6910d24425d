// The body of an ERROR frame.

import type { ErrorBody, RequestError } from '../request-error.ts'
import { CONSISTENCIES } from '../ring/consistency.ts'
import type { Consistency } from '../ring/consistency.ts'
import type { ByteWriter } from '../wire/byte-writer.ts'

export function writeError(writer: ByteWriter, { body, message }: RequestError): void {
  writer.i32(ERROR_CODES[body.kind]).string(message)
  switch (body.kind) {
    case 'unavailable':
      writeConsistency(writer, body.consistency).i32(body.required).i32(body.alive)
      return
    case 'write-timeout':
      writeConsistency(writer, body.consistency).i32(body.received).i32(body.blockFor).string(body.writeType)
      return
    case 'write-failure':
      writeConsistency(writer, body.consistency).i32(body.received).i32(body.blockFor)
      writer.i32(body.failures).string(body.writeType)
      return
    case 'read-timeout':
      writeConsistency(writer, body.consistency)
        .i32(body.received)
        .i32(body.blockFor)
        .u8(body.dataPresent ? 1 : 0)
      return
    case 'read-failure':
      writeConsistency(writer, body.consistency).i32(body.received).i32(body.blockFor)
      writer.i32(body.failures).u8(body.dataPresent ? 1 : 0)
      return
    case 'already-exists':
      writer.string(body.keyspace).string(body.table)
      return
    case 'unprepared':
      writer.u16(body.id.length).raw(body.id)
      return
    case 'server-error':
    case 'protocol-error':
    case 'overloaded':
    case 'truncate-error':
    case 'syntax-error':
    case 'unauthorized':
    case 'invalid':
    case 'config-error':
  }
}

function writeConsistency(writer: ByteWriter, consistency: Consistency): ByteWriter {
  return writer.u16(CONSISTENCIES.indexOf(consistency))
}

const ERROR_CODES: Readonly<Record<ErrorBody['kind'], number>> = {
  'server-error': 0x0000,
  'protocol-error': 0x000a,
  unavailable: 0x1000,
  overloaded: 0x1001,
  'truncate-error': 0x1003,
  'write-timeout': 0x1100,
  'read-timeout': 0x1200,
  'read-failure': 0x1300,
  'write-failure': 0x1500,
  'syntax-error': 0x2000,
  unauthorized: 0x2100,
  invalid: 0x2200,
  'config-error': 0x2300,
  'already-exists': 0x2400,
  unprepared: 0x2500,
}
