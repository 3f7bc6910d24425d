// Frames of clients, made by hand: what the driver would never send.

import { HEADER_BYTES, OPCODE } from '../../../sim/cassandra/native/protocol.ts'
import type { Connection } from '../../../system/runtime/network.ts'
import type { Runtime } from '../../../system/runtime/runtime.ts'
import { ByteReader } from '../../../sim/cassandra/wire/byte-reader.ts'
import { ByteWriter } from '../../../sim/cassandra/wire/byte-writer.ts'

export interface RawAnswer {
  readonly version: number
  readonly stream: number
  readonly opcode: number
  readonly body: Buffer
}

export function frame(
  head: { readonly opcode: number; readonly stream?: number; readonly version?: number; readonly flags?: number },
  body: Uint8Array = Buffer.alloc(0),
): Buffer {
  const { opcode, stream = 0, version = 4, flags = 0 } = head
  return new ByteWriter().u8(version).u8(flags).u16(stream).u8(opcode).u32(body.length).raw(body).finish()
}

export function startup(): Buffer {
  return frame({ opcode: OPCODE.startup }, new ByteWriter().u16(1).string('CQL_VERSION').string('3.0.0').finish())
}

export function query(text: string, options: { readonly consistency?: number; readonly stream?: number } = {}): Buffer {
  const { consistency = 1, stream = 0 } = options
  const bytes = Buffer.from(text)
  return frame({ opcode: OPCODE.query, stream }, new ByteWriter().bytes(bytes).u16(consistency).u8(0).finish())
}

/** Talks to one node, a frame at a time. */
export class RawClient {
  readonly #connection: Connection
  readonly #answers: RawAnswer[] = []
  #bytes = Buffer.alloc(0)
  #wake: (() => void) | undefined
  isClosed = false

  private constructor(connection: Connection) {
    this.#connection = connection
    connection.handle({
      onData: chunk => {
        this.#bytes = Buffer.concat([this.#bytes, chunk])
        this.#parse()
      },
      onEnd: () => this.#close(),
      onClose: () => this.#close(),
    })
  }

  static async connect(runtime: Runtime, host: string, port = 9042): Promise<RawClient> {
    return new RawClient(await runtime.network.connect({ host, port }))
  }

  send(bytes: Uint8Array): void {
    this.#connection.write(bytes)
  }

  /** The next answer; undefined when the connection is closed. */
  async next(): Promise<RawAnswer | undefined> {
    while (this.#answers.length === 0 && !this.isClosed) await new Promise<void>(resolve => (this.#wake = resolve))
    return this.#answers.shift()
  }

  async ask(bytes: Uint8Array): Promise<RawAnswer | undefined> {
    this.send(bytes)
    return this.next()
  }

  close(): void {
    this.#connection.destroy({ reset: true })
  }

  #parse(): void {
    while (this.#bytes.length >= HEADER_BYTES) {
      const length = this.#bytes.readInt32BE(5)
      if (this.#bytes.length < HEADER_BYTES + length) return
      this.#answers.push({
        version: this.#bytes.readUInt8(0),
        stream: this.#bytes.readInt16BE(2),
        opcode: this.#bytes.readUInt8(4),
        body: this.#bytes.subarray(HEADER_BYTES, HEADER_BYTES + length),
      })
      this.#bytes = this.#bytes.subarray(HEADER_BYTES + length)
    }
    this.#wake?.()
  }

  #close(): void {
    this.isClosed = true
    this.#wake?.()
  }
}

/** The code and the message of an ERROR. */
export function errorOf(answer: RawAnswer | undefined): string {
  if (answer === undefined) return 'closed'
  if (answer.opcode !== OPCODE.error) return `opcode ${answer.opcode}`
  const reader = new ByteReader(answer.body)
  return `0x${reader.i32().toString(16)} ${reader.string()}`
}
