// What one file holds in the page cache, and how to take back what a power loss takes.
//
// The bytes are held once. For each change that is not durable yet, the content remembers what it replaced, so that the
// durable image is the present one with changes taken back from the last. Appends replace nothing, and one after another
// they are one change: a log that is never synced costs no more memory than its bytes.

/** One change since the last that is durable, or many appends in a row. */
interface Change {
  firstOperation: number
  lastOperation: number
  readonly atMicros: number
  /** The first byte that it wrote, or after a cut the first that it removed. */
  position: number
  /** How many bytes it wrote; a cut writes none. */
  length: number
  sizeBefore: number
  /** What stood at `position` before, as far as the file went. */
  readonly replaced: Uint8Array
}

/** Appends of one change are at most so far apart. */
const CHANGE_SPAN_MICROS = 1_000_000

const NOTHING: Uint8Array = new Uint8Array(0)

export class FileContent {
  #buffer: Uint8Array = NOTHING
  #size = 0
  #unsynced: Change[] = []

  get size(): number {
    return this.#size
  }

  get unsyncedChanges(): number {
    return this.#unsynced.length
  }

  get unsyncedBytes(): number {
    let bytes = 0
    for (const change of this.#unsynced) bytes += change.length
    return bytes
  }

  /** A copy. */
  read(position: number, length: number): Uint8Array {
    return this.#buffer.slice(position, Math.max(position, Math.min(this.#size, position + length)))
  }

  /** Overwrites or extends; a gap is filled with zeros. `operation` is a number that grows with each change. */
  write(operation: number, atMicros: number, position: number, bytes: Uint8Array): void {
    const sizeBefore = this.#size
    const end = position + bytes.length
    const start = Math.min(position, sizeBefore)
    const last = this.#unsynced.at(-1)
    const follows = last !== undefined && isAppend(last) && start === sizeBefore
    if (follows && atMicros - last.atMicros < CHANGE_SPAN_MICROS) {
      last.length += end - start
      last.lastOperation = operation
    } else {
      this.#unsynced.push({
        firstOperation: operation,
        lastOperation: operation,
        atMicros,
        position: start,
        length: end - start,
        sizeBefore,
        replaced: start === sizeBefore ? NOTHING : this.#buffer.slice(start, Math.min(end, sizeBefore)),
      })
    }
    if (end > sizeBefore) this.#grow(end)
    this.#buffer.set(bytes, position)
  }

  truncate(operation: number, atMicros: number, size: number): void {
    if (size > this.#size) {
      this.write(operation, atMicros, size, NOTHING)
      return
    }
    this.#unsynced.push({
      firstOperation: operation,
      lastOperation: operation,
      atMicros,
      position: size,
      length: 0,
      sizeBefore: this.#size,
      replaced: this.#buffer.slice(size, this.#size),
    })
    this.#size = size
  }

  /** Durable is what was changed up to that operation, after which the file had that size. */
  makeDurable(operation: number, size: number): void {
    let durable = 0
    for (const change of this.#unsynced) {
      if (change.lastOperation > operation) {
        if (change.firstOperation <= operation) {
          // Appends in a row, and the sync was called between two of them.
          change.length -= size - change.position
          change.position = size
          change.sizeBefore = size
          change.firstOperation = operation + 1
        }
        break
      }
      durable++
    }
    if (durable > 0) this.#unsynced.splice(0, durable)
  }

  /** What was changed before that moment has been written back meanwhile. */
  writeBack(beforeMicros: number): void {
    let durable = 0
    for (const change of this.#unsynced) {
      if (change.atMicros + CHANGE_SPAN_MICROS > beforeMicros) break
      durable++
    }
    if (durable > 0) this.#unsynced.splice(0, durable)
  }

  /**
   * Keeps the first `share` of what is not durable, in [0, 1]: whole changes, and of the first that is lost a part.
   * All that is left is durable then. Answers how many written bytes are lost.
   */
  losePower(share: number): number {
    let weight = 0
    for (const change of this.#unsynced) weight += Math.max(1, change.length)
    let keep = Math.floor(weight * share)
    let kept = 0
    for (; kept < this.#unsynced.length; kept++) {
      const bytes = Math.max(1, (this.#unsynced[kept] as Change).length)
      if (keep < bytes) break
      keep -= bytes
    }
    let lost = 0
    for (let index = this.#unsynced.length - 1; index >= kept; index--) {
      lost += this.#takeBack(this.#unsynced[index] as Change, index === kept ? keep : 0)
    }
    this.#unsynced = []
    return lost
  }

  #takeBack(change: Change, keep: number): number {
    const { position, length, sizeBefore, replaced } = change
    const kept = Math.min(keep, length)
    const size = Math.max(sizeBefore, position + kept)
    if (size > this.#size) this.#grow(size)
    if (kept < replaced.length) this.#buffer.set(replaced.subarray(kept), position + kept)
    this.#size = size
    return length - kept
  }

  /** With zeros behind what was there. */
  #grow(size: number): void {
    if (size > this.#buffer.length) {
      const buffer = new Uint8Array(Math.max(size, Math.ceil(this.#buffer.length * GROWTH), BUFFER_BYTES_MIN))
      buffer.set(this.#buffer.subarray(0, this.#size))
      this.#buffer = buffer
    } else {
      this.#buffer.fill(0, this.#size, size)
    }
    this.#size = size
  }
}

const GROWTH = 1.5
const BUFFER_BYTES_MIN = 256

function isAppend(change: Change): boolean {
  return change.length > 0 && change.position === change.sizeBefore
}
