// Bytes as they arrive from a connection, taken out in pieces of one's own choosing. Copies only what chunks cut apart.

export class ByteQueue {
  #chunks: Buffer[] = []
  #length = 0
  #toSkip = 0

  get length(): number {
    return this.#length
  }

  add(chunk: Uint8Array): void {
    const skipped = Math.min(this.#toSkip, chunk.length)
    this.#toSkip -= skipped
    if (skipped === chunk.length) return
    this.#chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset + skipped, chunk.length - skipped))
    this.#length += chunk.length - skipped
  }

  /** The first bytes, which stay; undefined while there are fewer. For a few bytes only. */
  peek(bytes: number): Buffer | undefined {
    if (this.#length < bytes) return undefined
    return this.#first(bytes).subarray(0, bytes)
  }

  /** There must be so many. */
  take(bytes: number): Buffer {
    const first = this.#first(bytes)
    if (first.length < bytes) throw new RangeError(`${bytes} bytes wanted, ${first.length} there`)
    this.#length -= bytes
    if (first.length === bytes) this.#chunks.shift()
    else this.#chunks[0] = first.subarray(bytes)
    return first.subarray(0, bytes)
  }

  /** The next bytes are dropped, also those that are still to come. */
  skip(bytes: number): void {
    const here = Math.min(bytes, this.#length)
    this.take(here)
    this.#toSkip += bytes - here
  }

  #first(bytes: number): Buffer {
    const [first = NOTHING] = this.#chunks
    if (first.length >= bytes || this.#chunks.length < 2) return first
    const all = Buffer.concat(this.#chunks, this.#length)
    this.#chunks = [all]
    return all
  }
}

const NOTHING: Buffer = Buffer.alloc(0)
