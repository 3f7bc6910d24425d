// Bytes of the store's own formats: what is written here is read here, and everything read is bounded.

/** These bytes are not what they should be: cut off, of an unknown version, or with a wrong checksum. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
}

/** Grows as it is written to. Integers are LEB128 varints below 2^53, fixed widths are little-endian. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>
  #view: DataView
  #length = 0

  constructor(bytesExpected = 256) {
    this.#bytes = new Uint8Array(bytesExpected)
    this.#view = new DataView(this.#bytes.buffer)
  }

  get length(): number {
    return this.#length
  }

  u8(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  u16(value: number): void {
    this.#reserve(2)
    this.#view.setUint16(this.#length, value, true)
    this.#length += 2
  }

  u32(value: number): void {
    this.#reserve(4)
    this.#view.setUint32(this.#length, value, true)
    this.#length += 4
  }

  f64(value: number): void {
    this.#reserve(8)
    this.#view.setFloat64(this.#length, value, true)
    this.#length += 8
  }

  varint(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new FormatError(`${value} is no integer of 53 bits`)
    this.#reserve(8)
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
  }

  /** `digits`: an even number of hex digits, without their count. */
  hex(digits: string): void {
    this.bytes(Buffer.from(digits, 'hex'))
  }

  /** With its length in front. */
  text(value: string): void {
    const utf8 = Buffer.from(value, 'utf8')
    this.varint(utf8.length)
    this.bytes(utf8)
  }

  done(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}

/** Reads what a ByteWriter wrote; every method throws FormatError at the end of the bytes. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #position = 0

  constructor(bytes: Uint8Array) {
    // Never a Buffer: its slice() is a view.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get remaining(): number {
    return this.#bytes.length - this.#position
  }

  u8(): number {
    return this.#bytes[this.#advance(1)]!
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true)
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true)
  }

  f64(): number {
    return this.#view.getFloat64(this.#advance(8), true)
  }

  varint(): number {
    // Most are small.
    const first = this.#bytes[this.#position]
    if (first !== undefined && first < 0x80) {
      this.#position++
      return first
    }
    let value = 0
    let scale = 1
    for (let index = 0; index < 8; index++) {
      const byte = this.u8()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) break
        return value
      }
      scale *= 0x80
    }
    throw new FormatError('an integer has more than 53 bits')
  }

  /** Of things that take at least one byte each, so that a wrong count cannot make a long list out of few bytes. */
  count(): number {
    const value = this.varint()
    if (value > this.remaining) throw new FormatError('the bytes are cut off')
    return value
  }

  /** `count` of them, each below `bound`. */
  varints(count: number, bound: number = 2 ** 32): Uint32Array {
    if (count > this.remaining) throw new FormatError('the bytes are cut off')
    const values = new Uint32Array(count)
    for (let index = 0; index < count; index++) {
      const value = this.varint()
      if (value >= bound) throw new FormatError(`${value} is not below ${bound}`)
      values[index] = value
    }
    return values
  }

  /** A view of the bytes, not a copy. */
  bytes(length: number): Uint8Array {
    const start = this.#advance(length)
    return this.#bytes.subarray(start, start + length)
  }

  hex(byteCount: number): string {
    return Buffer.from(this.bytes(byteCount)).toString('hex')
  }

  text(): string {
    return bufferOf(this.bytes(this.varint())).toString('utf8')
  }

  /** Everything that is left. */
  rest(): Uint8Array {
    return this.bytes(this.remaining)
  }

  end(): void {
    if (this.remaining > 0) throw new FormatError(`${this.remaining} bytes too many`)
  }

  #advance(count: number): number {
    const start = this.#position
    if (count > this.#bytes.length - start) throw new FormatError('the bytes are cut off')
    this.#position = start + count
    return start
  }
}

/** The same memory, seen as a Buffer. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
