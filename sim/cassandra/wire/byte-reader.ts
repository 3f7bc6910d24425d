// Bytes that were written by someone else. Whatever they claim, nothing is read past their end.

/** The bytes do not have the form that they should have. */
export class MalformedBytes extends Error {
  override readonly name = 'MalformedBytes'
}

export class ByteReader {
  readonly #buffer: Buffer
  #position: number

  constructor(bytes: Uint8Array, position = 0) {
    this.#buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#position = position
  }

  get position(): number {
    return this.#position
  }

  get remaining(): number {
    return this.#buffer.length - this.#position
  }

  u8(): number {
    const at = this.#take(1)
    return this.#buffer[at] ?? 0
  }

  u16(): number {
    return this.#buffer.readUInt16BE(this.#take(2))
  }

  i32(): number {
    return this.#buffer.readInt32BE(this.#take(4))
  }

  u32(): number {
    return this.#buffer.readUInt32BE(this.#take(4))
  }

  i64(): bigint {
    return this.#buffer.readBigInt64BE(this.#take(8))
  }

  /** A view, not a copy. */
  raw(length: number): Buffer {
    const at = this.#take(length)
    return this.#buffer.subarray(at, at + length)
  }

  binary(): string {
    const length = this.u16()
    const at = this.#take(length)
    return this.#buffer.toString('latin1', at, at + length)
  }

  string(): string {
    const length = this.u16()
    const at = this.#take(length)
    return this.#buffer.toString('utf8', at, at + length)
  }

  longString(): string {
    const length = this.i32()
    if (length < 0) throw new MalformedBytes(`a string of ${length} bytes`)
    const at = this.#take(length)
    return this.#buffer.toString('utf8', at, at + length)
  }

  /** Null for any negative length. A view, not a copy. */
  bytes(): Buffer | null {
    const length = this.i32()
    return length < 0 ? null : this.raw(length)
  }

  /** A number of things that follow, each at least `bytesEach` long: so that no claimed count makes us reserve memory. */
  count(bytesEach: number): number {
    const count = this.u32()
    if (count * bytesEach > this.remaining) throw new MalformedBytes(`${count} elements in ${this.remaining} bytes`)
    return count
  }

  #take(length: number): number {
    const at = this.#position
    if (length < 0 || at + length > this.#buffer.length) {
      throw new MalformedBytes(`${length} bytes wanted, ${this.#buffer.length - at} left`)
    }
    this.#position = at + length
    return at
  }
}
