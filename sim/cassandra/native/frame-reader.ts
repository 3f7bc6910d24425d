// From the bytes of a client's connection to whole frames.

import { RequestError } from '../request-error.ts'
import { ByteQueue } from '../wire/byte-queue.ts'
import { FRAME_BYTES_MAX, HEADER_BYTES, RESPONSE, VERSION } from './protocol.ts'

export interface Frame {
  readonly flags: number
  readonly stream: number
  readonly opcode: number
  readonly body: Buffer
}

/** The client speaks something else, or nonsense: it is told so, and the connection is closed. */
export class UnreadableFrame extends Error {
  override readonly name = 'UnreadableFrame'
  readonly stream: number

  constructor(stream: number, message: string) {
    super(message)
    this.stream = stream
  }
}

/** A frame that is too large is read over, so that the connection lives on: Cassandra does the same. */
export interface OversizeFrame {
  readonly stream: number
  readonly error: RequestError
}

export class FrameReader {
  readonly #queue = new ByteQueue()

  add(chunk: Uint8Array): void {
    this.#queue.add(chunk)
  }

  /** The next whole frame; undefined until there is one. Throws an UnreadableFrame. Bodies are views where they can be. */
  next(): Frame | OversizeFrame | undefined {
    const version = this.#queue.peek(1)?.readUInt8()
    if (version === undefined) return undefined
    if (version !== VERSION) throw new UnreadableFrame(this.#streamOf(version), versionMessage(version))
    const header = this.#queue.peek(HEADER_BYTES)
    if (header === undefined) return undefined
    const [flags, stream, opcode] = [header.readUInt8(1), header.readInt16BE(2), header.readUInt8(4)]
    const length = header.readInt32BE(5)
    if (length < 0) throw new UnreadableFrame(stream, `Invalid frame body length: ${length}`)
    if (length > FRAME_BYTES_MAX) {
      this.#queue.skip(HEADER_BYTES + length)
      const message = `Request is too big: length ${length} exceeds maximum allowed length ${FRAME_BYTES_MAX}.`
      return { stream, error: new RequestError({ kind: 'invalid' }, message) }
    }
    if (this.#queue.length < HEADER_BYTES + length) return undefined
    return { flags, stream, opcode, body: this.#queue.take(HEADER_BYTES + length).subarray(HEADER_BYTES) }
  }

  /** So that a client of another version can tell which of its requests is answered. */
  #streamOf(version: number): number {
    return version >= FIRST_WITH_WIDE_STREAMS ? (this.#queue.peek(4)?.readInt16BE(2) ?? 0) : 0
  }
}

function versionMessage(version: number): string {
  return `Invalid or unsupported protocol version (${version & ~RESPONSE}); supported versions are (${VERSION}/v${VERSION})`
}

const FIRST_WITH_WIDE_STREAMS = 3
