// Messages between nodes as bytes.

import { ByteQueue } from '../wire/byte-queue.ts'
import { MalformedBytes } from '../wire/byte-reader.ts'
import { ByteWriter } from '../wire/byte-writer.ts'
import type { Message } from './verb.ts'
import { MAGIC, MESSAGE_BYTES_MAX, MESSAGE_HEAD_BYTES } from './verb.ts'

/** The same bytes may go to several nodes. */
export function encodeMessage(
  head: { readonly verb: number; readonly id: number },
  writeBody?: (writer: ByteWriter) => void,
  sizeHint = 64,
): Buffer {
  const writer = new ByteWriter(sizeHint + MESSAGE_HEAD_BYTES)
  writer.u32(0).u8(head.verb).u32(head.id)
  writeBody?.(writer)
  writer.patchU32(0, writer.length - 4)
  return writer.finish()
}

export function greeting(): Buffer {
  return new ByteWriter(4).u32(MAGIC).finish()
}

export class MessageReader {
  readonly #queue = new ByteQueue()
  #isGreeted: boolean

  /** Whoever accepts a connection is greeted first. */
  constructor(options: { readonly isGreeted: boolean }) {
    this.#isGreeted = options.isGreeted
  }

  add(chunk: Uint8Array): void {
    this.#queue.add(chunk)
  }

  /** Throws MalformedBytes when it is not a node that speaks. Bodies are views where they can be. */
  next(): Message | undefined {
    if (!this.#isGreeted) {
      const magic = this.#queue.peek(4)
      if (magic === undefined) return undefined
      if (magic.readUInt32BE() !== MAGIC) throw new MalformedBytes('not a node')
      this.#queue.take(4)
      this.#isGreeted = true
    }
    const length = this.#queue.peek(4)?.readUInt32BE()
    if (length === undefined) return undefined
    if (length < MESSAGE_HEAD_BYTES - 4 || length > MESSAGE_BYTES_MAX) {
      throw new MalformedBytes(`a message of ${length} bytes`)
    }
    if (this.#queue.length < length + 4) return undefined
    const bytes = this.#queue.take(length + 4)
    return { verb: bytes.readUInt8(4), id: bytes.readUInt32BE(5), body: bytes.subarray(MESSAGE_HEAD_BYTES) }
  }
}
