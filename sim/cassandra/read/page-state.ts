// Where the next page of a query begins, as opaque bytes that the client brings back.

import { RequestError } from '../request-error.ts'
import { ByteReader } from '../wire/byte-reader.ts'
import { ByteWriter } from '../wire/byte-writer.ts'

export interface Position {
  /** The partition that was read last. */
  readonly key: Uint8Array
  /** The last row of it; undefined when it was read whole. */
  readonly place: string | undefined
}

export interface PageState extends Position {
  /** Rows that the LIMIT of the query still allows. */
  readonly remaining: number
}

export function encodePageState({ key, place, remaining }: PageState): Buffer {
  const writer = new ByteWriter(key.length + (place?.length ?? 0) + 16)
  writer.u8(FORM).u32(Math.min(remaining, UNLIMITED)).bytes(key)
  writer.u8(place === undefined ? 0 : 1)
  if (place !== undefined) writer.binary(place)
  return writer.finish()
}

/** Throws a protocol error for anything that did not come from `encodePageState`. */
export function decodePageState(bytes: Uint8Array): PageState {
  try {
    const reader = new ByteReader(bytes)
    if (reader.u8() !== FORM) throw invalidState()
    const remaining = reader.u32()
    const key = reader.bytes()
    const place = reader.u8() === 0 ? undefined : reader.binary()
    if (key === null || reader.remaining > 0) throw invalidState()
    return { key, place, remaining: remaining === UNLIMITED ? Infinity : remaining }
  } catch {
    throw invalidState()
  }
}

function invalidState(): RequestError {
  return new RequestError({ kind: 'protocol-error' }, 'Invalid value for the paging state')
}

const FORM = 1
const UNLIMITED = 0xffffffff
