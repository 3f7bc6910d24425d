// Requests and answers on a connection: a 32-bit length, then a header, then the body.

import { MalformedRequest } from './malformed-request.ts'
import type { WireReader } from './wire-reader.ts'
import { WireWriter } from './wire-writer.ts'

export interface RequestHeader {
  readonly key: number
  readonly version: number
  readonly correlationId: number
  readonly clientId: string | null
}

const LENGTH_BYTES = 4

/** Cuts what arrives into frames. */
export class FrameSplitter {
  readonly #bytesMax: number
  #chunks: Uint8Array[] = []
  #buffered = 0
  #wanted = LENGTH_BYTES

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** The frames that are whole now, without their length. Throws when a length is negative or above the limit. */
  push(chunk: Uint8Array): Buffer[] {
    this.#chunks.push(chunk)
    this.#buffered += chunk.length
    const frames: Buffer[] = []
    while (this.#buffered >= this.#wanted) {
      const bytes = this.#joined()
      const length = bytes.readInt32BE(0)
      if (length < 0 || length > this.#bytesMax) throw new MalformedRequest(`a frame of ${length} bytes`)
      const end = LENGTH_BYTES + length
      if (bytes.length < end) {
        this.#wanted = end
        break
      }
      frames.push(bytes.subarray(LENGTH_BYTES, end))
      this.#keep(bytes.subarray(end))
    }
    return frames
  }

  #joined(): Buffer {
    const [first] = this.#chunks
    const bytes = first !== undefined && this.#chunks.length === 1 ? bufferOver(first) : Buffer.concat(this.#chunks)
    this.#chunks = [bytes]
    return bytes
  }

  #keep(rest: Buffer): void {
    this.#chunks = rest.length === 0 ? [] : [rest]
    this.#buffered = rest.length
    this.#wanted = LENGTH_BYTES
  }
}

export function readRequestHeader(reader: WireReader): RequestHeader {
  const key = reader.i16()
  const version = reader.i16()
  const correlationId = reader.i32()
  return { key, version, correlationId, clientId: reader.nullableString() }
}

/** A frame that begins with the correlation id; `body` follows. */
export function responseFrame(correlationId: number, body: (writer: WireWriter) => void, sizeHint = 256): Buffer {
  const writer = new WireWriter(sizeHint).i32(0).i32(correlationId)
  body(writer)
  return closedFrame(writer)
}

export function requestFrame(header: RequestHeader, body: (writer: WireWriter) => void): Buffer {
  const writer = new WireWriter().i32(0).i16(header.key).i16(header.version).i32(header.correlationId)
  body(writer.nullableString(header.clientId))
  return closedFrame(writer)
}

function closedFrame(writer: WireWriter): Buffer {
  return writer.patchI32(0, writer.length - LENGTH_BYTES).finish()
}

export function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
