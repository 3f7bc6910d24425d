// Where the next page of a query begins, as opaque bytes that the client brings back.

import { RequestError } from '../request-error.ts'
import type { Token } from '../ring/murmur3.ts'
import { MIN_TOKEN } from '../ring/murmur3.ts'
import { ByteReader } from '../wire/byte-reader.ts'
import { ByteWriter } from '../wire/byte-writer.ts'

export type Position =
  /** After this row. */
  | { readonly kind: 'row'; readonly key: Uint8Array; readonly place: string }
  /** After this partition. */
  | { readonly kind: 'partition'; readonly key: Uint8Array }
  /** After every partition with this token. */
  | { readonly kind: 'token'; readonly token: Token }

export interface PageState {
  readonly position: Position
  /** Rows that the LIMIT of the query still allows. */
  readonly remaining: number
}

export function encodePageState({ position, remaining }: PageState): Buffer {
  const writer = new ByteWriter()
  writer.u8(FORM).u8(KINDS.indexOf(position.kind)).u32(Math.min(remaining, UNLIMITED))
  switch (position.kind) {
    case 'row':
      return writer.bytes(position.key).binary(position.place).finish()
    case 'partition':
      return writer.bytes(position.key).finish()
    case 'token':
      return writer.binary(position.token).finish()
  }
}

/** Throws a protocol error for anything that did not come from `encodePageState`. */
export function decodePageState(bytes: Uint8Array): PageState {
  try {
    const reader = new ByteReader(bytes)
    if (reader.u8() !== FORM) throw invalidState()
    const kind = KINDS[reader.u8()]
    const remaining = reader.u32()
    const position = readPosition(reader, kind)
    if (reader.remaining > 0) throw invalidState()
    return { position, remaining: remaining === UNLIMITED ? Infinity : remaining }
  } catch {
    throw invalidState()
  }
}

function readPosition(reader: ByteReader, kind: Position['kind'] | undefined): Position {
  if (kind === undefined) throw invalidState()
  if (kind === 'token') {
    const token = reader.binary()
    if (token.length !== MIN_TOKEN.length) throw invalidState()
    return { kind, token }
  }
  const key = reader.bytes()
  if (key === null) throw invalidState()
  return kind === 'row' ? { kind, key, place: reader.binary() } : { kind, key }
}

function invalidState(): RequestError {
  return new RequestError({ kind: 'protocol-error' }, 'Invalid value for the paging state')
}

const KINDS = ['row', 'partition', 'token'] as const
const FORM = 1
const UNLIMITED = 0xffffffff
