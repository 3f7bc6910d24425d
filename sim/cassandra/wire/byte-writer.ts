// Bytes that are written one after another. One class for the native protocol, for messages between nodes and for files,
// as all three are big-endian and length-prefixed.

export class ByteWriter {
  #buffer: Buffer
  #length = 0

  constructor(sizeHint = 256) {
    this.#buffer = Buffer.allocUnsafeSlow(sizeHint)
  }

  get length(): number {
    return this.#length
  }

  u8(value: number): this {
    this.#room(1)
    this.#buffer[this.#length] = value
    this.#length += 1
    return this
  }

  u16(value: number): this {
    this.#room(2)
    this.#length = this.#buffer.writeUInt16BE(value, this.#length)
    return this
  }

  i32(value: number): this {
    this.#room(4)
    this.#length = this.#buffer.writeInt32BE(value, this.#length)
    return this
  }

  u32(value: number): this {
    this.#room(4)
    this.#length = this.#buffer.writeUInt32BE(value, this.#length)
    return this
  }

  i64(value: bigint): this {
    this.#room(8)
    this.#length = this.#buffer.writeBigInt64BE(value, this.#length)
    return this
  }

  /** As they are, without a length. */
  raw(bytes: Uint8Array): this {
    this.#room(bytes.length)
    this.#buffer.set(bytes, this.#length)
    this.#length += bytes.length
    return this
  }

  /** A binary string (one byte a character) after its 16-bit length. */
  binary(text: string): this {
    this.u16(text.length)
    this.#room(text.length)
    this.#length += this.#buffer.write(text, this.#length, 'latin1')
    return this
  }

  /** UTF-8 after its 16-bit length: a [string] of the native protocol. What is longer is cut. */
  string(text: string): this {
    const bytes = Buffer.from(text)
    const cut = bytes.length > 0xffff ? bytes.subarray(0, 0xffff) : bytes
    return this.u16(cut.length).raw(cut)
  }

  /** Bytes after their 32-bit length; null is length −1: a [bytes] of the native protocol. */
  bytes(value: Uint8Array | null): this {
    if (value === null) return this.i32(-1)
    return this.i32(value.length).raw(value)
  }

  /** Overwrites 32 bits that were written before. */
  patchU32(position: number, value: number): this {
    this.#buffer.writeUInt32BE(value, position)
    return this
  }

  /** What was written from there on. A view, valid until the next write. */
  since(position: number): Buffer {
    return this.#buffer.subarray(position, this.#length)
  }

  /** All that was written. The writer must not be used after it: the bytes are not copied. */
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  #room(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2))
    larger.set(this.#buffer.subarray(0, this.#length))
    this.#buffer = larger
  }
}
