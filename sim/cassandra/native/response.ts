// The frames that a server sends.

import type { RequestError } from '../request-error.ts'
import type { SchemaChange } from '../schema/change-schema.ts'
import type { CqlType } from '../types/cql-type.ts'
import { optionOf } from '../types/cql-type.ts'
import { inetBytes } from '../types/inet.ts'
import { ByteWriter } from '../wire/byte-writer.ts'
import { writeError } from './error-body.ts'
import { HEADER_BYTES, HEADER_FLAG, OPCODE, RESPONSE, RESULT_KIND, ROWS_FLAG, VERSION } from './protocol.ts'

export interface ColumnSpecs {
  readonly keyspace: string
  readonly table: string
  readonly columns: readonly { readonly name: string; readonly type: CqlType }[]
}

export type Response =
  | { readonly kind: 'ready' }
  | { readonly kind: 'supported'; readonly options: ReadonlyMap<string, readonly string[]> }
  | { readonly kind: 'void' }
  | {
      readonly kind: 'rows'
      readonly specs: ColumnSpecs
      readonly skipMetadata: boolean
      readonly pagingState: Uint8Array | undefined
      readonly rows: readonly (readonly (Uint8Array | null)[])[]
    }
  | { readonly kind: 'set-keyspace'; readonly keyspace: string }
  | {
      readonly kind: 'prepared'
      readonly id: Uint8Array
      readonly variables: ColumnSpecs
      readonly partitionKeyIndexes: readonly number[]
      readonly result: ColumnSpecs | undefined
    }
  | { readonly kind: 'schema-change'; readonly change: SchemaChange }
  | { readonly kind: 'error'; readonly error: RequestError }

export type ServerEvent =
  | { readonly type: 'STATUS_CHANGE'; readonly change: 'UP' | 'DOWN'; readonly address: string; readonly port: number }
  | {
      readonly type: 'TOPOLOGY_CHANGE'
      readonly change: 'NEW_NODE' | 'REMOVED_NODE'
      readonly address: string
      readonly port: number
    }
  | { readonly type: 'SCHEMA_CHANGE'; readonly change: SchemaChange }

export function responseFrame(stream: number, response: Response, warnings: readonly string[] = []): Buffer {
  const writer = new ByteWriter(sizeHint(response))
  const flags = warnings.length === 0 ? 0 : HEADER_FLAG.warning
  writer
    .u8(RESPONSE | VERSION)
    .u8(flags)
    .u16(stream & 0xffff)
    .u8(opcodeOf(response))
    .u32(0)
  if (warnings.length > 0) writeStrings(writer, warnings)
  writeBody(writer, response)
  return finished(writer)
}

export function eventFrame(event: ServerEvent): Buffer {
  const writer = new ByteWriter()
  writer
    .u8(RESPONSE | VERSION)
    .u8(0)
    .u16(EVENT_STREAM)
    .u8(OPCODE.event)
    .u32(0)
  writer.string(event.type)
  if (event.type === 'SCHEMA_CHANGE') {
    writeSchemaChange(writer, event.change)
  } else {
    const address = inetBytes(event.address)
    writer.string(event.change).u8(address.length).raw(address).i32(event.port)
  }
  return finished(writer)
}

function finished(writer: ByteWriter): Buffer {
  writer.patchU32(HEADER_BYTES - 4, writer.length - HEADER_BYTES)
  return writer.finish()
}

function opcodeOf(response: Response): number {
  switch (response.kind) {
    case 'ready':
      return OPCODE.ready
    case 'supported':
      return OPCODE.supported
    case 'error':
      return OPCODE.error
    case 'void':
    case 'rows':
    case 'set-keyspace':
    case 'prepared':
    case 'schema-change':
      return OPCODE.result
  }
}

function writeBody(writer: ByteWriter, response: Response): void {
  switch (response.kind) {
    case 'ready':
      return
    case 'supported':
      writer.u16(response.options.size)
      for (const [name, values] of response.options) writeStrings(writer.string(name), values)
      return
    case 'void':
      writer.i32(RESULT_KIND.void)
      return
    case 'rows':
      writeRows(writer.i32(RESULT_KIND.rows), response)
      return
    case 'set-keyspace':
      writer.i32(RESULT_KIND.setKeyspace).string(response.keyspace)
      return
    case 'prepared':
      writePrepared(writer.i32(RESULT_KIND.prepared), response)
      return
    case 'schema-change':
      writeSchemaChange(writer.i32(RESULT_KIND.schemaChange), response.change)
      return
    case 'error':
      writeError(writer, response.error)
  }
}

function writeRows(writer: ByteWriter, response: Extract<Response, { readonly kind: 'rows' }>): void {
  const { specs, pagingState, skipMetadata, rows } = response
  const flags =
    (skipMetadata ? ROWS_FLAG.noMetadata : ROWS_FLAG.globalTableSpec) |
    (pagingState === undefined ? 0 : ROWS_FLAG.hasMorePages)
  writer.i32(flags).i32(specs.columns.length)
  if (pagingState !== undefined) writer.bytes(pagingState)
  if (!skipMetadata) writeSpecs(writer, specs)
  writer.i32(rows.length)
  for (const row of rows) for (const value of row) writer.bytes(value)
}

function writePrepared(writer: ByteWriter, response: Extract<Response, { readonly kind: 'prepared' }>): void {
  const { id, variables, partitionKeyIndexes, result } = response
  writer.u16(id.length).raw(id)
  const hasVariables = variables.columns.length > 0
  writer
    .i32(hasVariables ? ROWS_FLAG.globalTableSpec : 0)
    .i32(variables.columns.length)
    .i32(partitionKeyIndexes.length)
  for (const index of partitionKeyIndexes) writer.u16(index)
  if (hasVariables) writeSpecs(writer, variables)
  if (result === undefined) {
    writer.i32(ROWS_FLAG.noMetadata).i32(0)
  } else {
    writer.i32(ROWS_FLAG.globalTableSpec).i32(result.columns.length)
    writeSpecs(writer, result)
  }
}

function writeSpecs(writer: ByteWriter, specs: ColumnSpecs): void {
  writer.string(specs.keyspace).string(specs.table)
  for (const { name, type } of specs.columns) {
    writer.string(name)
    for (const option of optionOf(type)) writer.u16(option)
  }
}

function writeSchemaChange(writer: ByteWriter, { change, keyspace, table }: SchemaChange): void {
  writer
    .string(change)
    .string(table === undefined ? 'KEYSPACE' : 'TABLE')
    .string(keyspace)
  if (table !== undefined) writer.string(table)
}

function writeStrings(writer: ByteWriter, strings: readonly string[]): void {
  writer.u16(strings.length)
  for (const string of strings) writer.string(string)
}

/** Large values are copied once, into a buffer that is large enough from the start. */
function sizeHint(response: Response): number {
  if (response.kind !== 'rows') return 256
  let bytes = 256
  for (const row of response.rows) for (const value of row) bytes += 4 + (value?.length ?? 0)
  return bytes
}

const EVENT_STREAM = 0xffff
