// The bodies of clients' requests.

import { RequestError } from '../request-error.ts'
import { CONSISTENCIES } from '../ring/consistency.ts'
import type { Consistency } from '../ring/consistency.ts'
import type { Bound } from '../statement/variables.ts'
import { ByteReader } from '../wire/byte-reader.ts'
import type { Frame } from './frame-reader.ts'
import { HEADER_FLAG, OPCODE, QUERY_FLAG } from './protocol.ts'

export interface QueryParameters {
  readonly consistency: Consistency
  readonly values: readonly Bound[]
  /** Undefined: the values are in the order of the markers. */
  readonly names: readonly string[] | undefined
  readonly skipMetadata: boolean
  readonly pageSize: number | undefined
  readonly pagingState: Uint8Array | undefined
  readonly defaultTimestamp: bigint | undefined
}

export interface BatchEntry {
  readonly statement: { readonly kind: 'query'; readonly query: string } | { readonly kind: 'id'; readonly id: Buffer }
  readonly values: readonly Bound[]
}

export type Request =
  | { readonly kind: 'startup'; readonly options: ReadonlyMap<string, string> }
  | { readonly kind: 'options' }
  | { readonly kind: 'query'; readonly query: string; readonly parameters: QueryParameters }
  | { readonly kind: 'prepare'; readonly query: string }
  | { readonly kind: 'execute'; readonly id: Buffer; readonly parameters: QueryParameters }
  | {
      readonly kind: 'batch'
      readonly type: 'LOGGED' | 'UNLOGGED' | 'COUNTER'
      readonly entries: readonly BatchEntry[]
      readonly consistency: Consistency
      readonly defaultTimestamp: bigint | undefined
    }
  | { readonly kind: 'register'; readonly events: readonly string[] }

/** Throws a RequestError, or MalformedBytes where the body ends too soon. */
export function readRequest(frame: Frame): Request {
  if ((frame.flags & HEADER_FLAG.compression) !== 0) throw protocolError('Unexpected compressed frame')
  const reader = new ByteReader(frame.body)
  if ((frame.flags & HEADER_FLAG.customPayload) !== 0) skipPayload(reader)
  switch (frame.opcode) {
    case OPCODE.startup:
      return { kind: 'startup', options: readStringMap(reader) }
    case OPCODE.options:
      return { kind: 'options' }
    case OPCODE.query:
      return { kind: 'query', query: reader.longString(), parameters: readParameters(reader) }
    case OPCODE.prepare:
      return { kind: 'prepare', query: reader.longString() }
    case OPCODE.execute:
      return { kind: 'execute', id: reader.raw(reader.u16()), parameters: readParameters(reader) }
    case OPCODE.batch:
      return readBatch(reader)
    case OPCODE.register:
      return { kind: 'register', events: readStrings(reader) }
    case OPCODE.authResponse:
      throw protocolError('Unexpected message AUTH_RESPONSE: this server asks for no credentials')
    default:
      throw protocolError(`Unknown opcode ${frame.opcode}`)
  }
}

export function protocolError(message: string): RequestError {
  return new RequestError({ kind: 'protocol-error' }, message)
}

function readParameters(reader: ByteReader): QueryParameters {
  const consistency = readConsistency(reader)
  const flags = reader.u8()
  const has = (flag: number): boolean => (flags & flag) !== 0
  const names = has(QUERY_FLAG.namesForValues) ? [] : undefined
  const values = has(QUERY_FLAG.values) ? readValues(reader, names) : []
  const pageSize = has(QUERY_FLAG.pageSize) ? reader.i32() : undefined
  const pagingState = has(QUERY_FLAG.pagingState) ? (reader.bytes() ?? undefined) : undefined
  if (has(QUERY_FLAG.serialConsistency)) readConsistency(reader)
  const defaultTimestamp = has(QUERY_FLAG.defaultTimestamp) ? readTimestamp(reader) : undefined
  return {
    ...{ consistency, values, names, pagingState, defaultTimestamp },
    skipMetadata: has(QUERY_FLAG.skipMetadata),
    pageSize: pageSize !== undefined && pageSize > 0 ? pageSize : undefined,
  }
}

function readBatch(reader: ByteReader): Request {
  const type = BATCH_TYPES[reader.u8()]
  if (type === undefined) throw protocolError('Invalid BATCH message: unknown type')
  const entries: BatchEntry[] = []
  for (let left = reader.u16(); left > 0; left--) {
    const kind = reader.u8()
    if (kind > 1) throw protocolError('Invalid query kind in BATCH messages. Must be 0 or 1')
    entries.push({
      statement:
        kind === 0 ? { kind: 'query', query: reader.longString() } : { kind: 'id', id: reader.raw(reader.u16()) },
      values: readValues(reader, undefined),
    })
  }
  const consistency = readConsistency(reader)
  const flags = reader.u8()
  if ((flags & QUERY_FLAG.namesForValues) !== 0) {
    throw protocolError('Named values are not supported in BATCH messages')
  }
  if ((flags & QUERY_FLAG.serialConsistency) !== 0) readConsistency(reader)
  const defaultTimestamp = (flags & QUERY_FLAG.defaultTimestamp) === 0 ? undefined : readTimestamp(reader)
  return { kind: 'batch', type, entries, consistency, defaultTimestamp }
}

const BATCH_TYPES = ['LOGGED', 'UNLOGGED', 'COUNTER'] as const

/** The values are views. Their names go into `names`, if there are names. */
function readValues(reader: ByteReader, names: string[] | undefined): readonly Bound[] {
  const values: Bound[] = []
  for (let left = reader.u16(); left > 0; left--) {
    if (names !== undefined) names.push(reader.string())
    const length = reader.i32()
    if (length < UNSET) throw protocolError(`Invalid value length: ${length}`)
    values.push(length === UNSET ? undefined : length < 0 ? null : reader.raw(length))
  }
  return values
}

function readConsistency(reader: ByteReader): Consistency {
  const code = reader.u16()
  const consistency = CONSISTENCIES[code]
  if (consistency === undefined) throw protocolError(`Unknown code ${code} for a consistency level`)
  return consistency
}

function readTimestamp(reader: ByteReader): bigint {
  const micros = reader.i64()
  if (micros === LONG_MIN)
    throw protocolError(`Out of bound timestamp, must be in [${LONG_MIN + 1n}, ${-LONG_MIN - 1n}]`)
  return micros
}

function readStringMap(reader: ByteReader): ReadonlyMap<string, string> {
  const map = new Map<string, string>()
  for (let left = reader.u16(); left > 0; left--) map.set(reader.string(), reader.string())
  return map
}

function readStrings(reader: ByteReader): readonly string[] {
  const strings: string[] = []
  for (let left = reader.u16(); left > 0; left--) strings.push(reader.string())
  return strings
}

function skipPayload(reader: ByteReader): void {
  for (let left = reader.u16(); left > 0; left--) {
    reader.string()
    reader.bytes()
  }
}

const UNSET = -2
const LONG_MIN = -(2n ** 63n)
