// Kafka's primitive types, written one after another.

export class WireWriter {
  #bytes: Buffer
  #length = 0

  constructor(sizeHint = 256) {
    this.#bytes = Buffer.allocUnsafeSlow(sizeHint)
  }

  get length(): number {
    return this.#length
  }

  i8(value: number): this {
    const at = this.#room(1)
    this.#bytes.writeInt8(value, at)
    return this
  }

  boolean(value: boolean): this {
    return this.i8(value ? 1 : 0)
  }

  i16(value: number): this {
    const at = this.#room(2)
    this.#bytes.writeInt16BE(value, at)
    return this
  }

  i32(value: number): this {
    const at = this.#room(4)
    this.#bytes.writeInt32BE(value, at)
    return this
  }

  /** An integer within ±2^53. */
  i64(value: number): this {
    const at = this.#room(8)
    const high = Math.floor(value / 0x1_0000_0000)
    this.#bytes.writeInt32BE(high, at)
    this.#bytes.writeUInt32BE(value - high * 0x1_0000_0000, at + 4)
    return this
  }

  string(text: string): this {
    const size = Buffer.byteLength(text)
    this.i16(size)
    const at = this.#room(size)
    this.#bytes.write(text, at, 'utf8')
    return this
  }

  nullableString(text: string | null | undefined): this {
    return text === null || text === undefined ? this.i16(-1) : this.string(text)
  }

  bytes(value: Uint8Array): this {
    return this.i32(value.length).raw(value)
  }

  nullableBytes(value: Uint8Array | null): this {
    return value === null ? this.i32(-1) : this.bytes(value)
  }

  /** As they are, without a length. */
  raw(value: Uint8Array): this {
    const at = this.#room(value.length)
    this.#bytes.set(value, at)
    return this
  }

  array<T>(items: readonly T[], write: (writer: this, item: T) => void): this {
    this.i32(items.length)
    for (const item of items) write(this, item)
    return this
  }

  /** Overwrites 32 bits that were written before. */
  patchI32(position: number, value: number): this {
    this.#bytes.writeInt32BE(value, position)
    return this
  }

  /** All that was written, not copied: the writer must not be used after it. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Makes room and answers where it begins. */
  #room(size: number): number {
    const at = this.#length
    const needed = at + size
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
      larger.set(this.#bytes.subarray(0, at))
      this.#bytes = larger
    }
    this.#length = needed
    return at
  }
}

/** Elements of the types that lists in answers are made of. */
export const writeI32 = (writer: WireWriter, value: number): void => void writer.i32(value)
