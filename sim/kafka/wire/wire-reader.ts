// Kafka's primitive types, read from bytes that somebody else wrote. Whatever they claim, nothing is read past their end.

import { MalformedRequest } from './malformed-request.ts'

export class WireReader {
  readonly #bytes: Buffer
  #position: number

  constructor(bytes: Buffer, position = 0) {
    this.#bytes = bytes
    this.#position = position
  }

  get position(): number {
    return this.#position
  }

  get remaining(): number {
    return this.#bytes.length - this.#position
  }

  i8(): number {
    return this.#bytes.readInt8(this.#take(1))
  }

  boolean(): boolean {
    return this.i8() !== 0
  }

  i16(): number {
    return this.#bytes.readInt16BE(this.#take(2))
  }

  i32(): number {
    return this.#bytes.readInt32BE(this.#take(4))
  }

  /**
   * Offsets, times and producer ids fit a double: below 2^53 it is exact. What is larger was not given out by this server,
   * and stays far from anything that was.
   */
  i64(): number {
    const at = this.#take(8)
    return this.#bytes.readInt32BE(at) * 0x1_0000_0000 + this.#bytes.readUInt32BE(at + 4)
  }

  string(): string {
    const text = this.nullableString()
    if (text === null) throw new MalformedRequest('a string is null that must not be')
    return text
  }

  nullableString(): string | null {
    const length = this.i16()
    if (length < -1) throw new MalformedRequest(`a string of ${length} bytes`)
    if (length === -1) return null
    const at = this.#take(length)
    return this.#bytes.toString('utf8', at, at + length)
  }

  /** A view, not a copy. */
  bytes(): Buffer {
    const bytes = this.nullableBytes()
    if (bytes === null) throw new MalformedRequest('bytes are null that must not be')
    return bytes
  }

  /** A view, not a copy. */
  nullableBytes(): Buffer | null {
    const length = this.i32()
    if (length < -1) throw new MalformedRequest(`${length} bytes`)
    return length === -1 ? null : this.raw(length)
  }

  /** A view, not a copy. */
  raw(length: number): Buffer {
    const at = this.#take(length)
    return this.#bytes.subarray(at, at + length)
  }

  array<T>(read: (reader: this) => T): T[] {
    const items = this.nullableArray(read)
    if (items === null) throw new MalformedRequest('an array is null that must not be')
    return items
  }

  /** Every element takes a byte at least, so that no claimed count makes us reserve memory. */
  nullableArray<T>(read: (reader: this) => T): T[] | null {
    const count = this.i32()
    if (count === -1) return null
    if (count < -1 || count > this.remaining) throw new MalformedRequest(`${count} elements in ${this.remaining} bytes`)
    const items: T[] = []
    for (let index = 0; index < count; index++) items.push(read(this))
    return items
  }

  #take(length: number): number {
    const at = this.#position
    if (length < 0 || at + length > this.#bytes.length) {
      throw new MalformedRequest(`${length} bytes wanted, ${this.#bytes.length - at} left`)
    }
    this.#position = at + length
    return at
  }
}

/** Elements of the types that lists in requests are made of. */
export const readI32 = (reader: WireReader): number => reader.i32()
export const readString = (reader: WireReader): string => reader.string()
