// Where each batch of a log is: pure, in memory, in the order of offsets.

/** Where a batch's bytes are kept. `bytes` is there for as long as the page cache would have them. */
export interface BatchEntry {
  readonly baseOffset: number
  readonly lastOffset: number
  readonly leaderEpoch: number
  readonly maxTimestamp: number
  readonly size: number
  readonly segment: number
  readonly position: number
  bytes: Buffer | undefined
}

export class BatchIndex {
  #entries: BatchEntry[] = []

  get entries(): readonly BatchEntry[] {
    return this.#entries
  }

  get endOffset(): number {
    const last = this.#entries.at(-1)
    return last === undefined ? 0 : last.lastOffset + 1
  }

  add(entry: BatchEntry): void {
    this.#entries.push(entry)
  }

  /**
   * Batches from the one that holds `offset` on, below `untilOffset`, as long as they fit into `bytesMax` together. The first
   * one is given even if it does not fit: otherwise nobody would ever get past it.
   */
  from(offset: number, limits: { readonly untilOffset: number; readonly bytesMax: number }): BatchEntry[] {
    const found: BatchEntry[] = []
    let size = 0
    for (let index = this.#indexOf(offset); index < this.#entries.length; index++) {
      const entry = this.#entries[index]
      if (entry === undefined || entry.lastOffset >= limits.untilOffset) break
      size += entry.size
      if (found.length > 0 && size > limits.bytesMax) break
      found.push(entry)
    }
    return found
  }

  /** How many bytes `from` would find; counted up to `bytesMax` and no further. */
  sizeFrom(offset: number, limits: { readonly untilOffset: number; readonly bytesMax: number }): number {
    let size = 0
    for (let index = this.#indexOf(offset); size < limits.bytesMax; index++) {
      const entry = this.#entries[index]
      if (entry === undefined || entry.lastOffset >= limits.untilOffset) break
      size += entry.size
    }
    return size
  }

  /** The first batch with a record at or after that time. */
  atTime(timestamp: number): BatchEntry | undefined {
    return this.#entries.find(entry => entry.maxTimestamp >= timestamp)
  }

  /** Removes the batches that end after the offset; answers the first of them. */
  truncateTo(endOffset: number): BatchEntry | undefined {
    let keep = this.#entries.length
    while (keep > 0 && (this.#entries[keep - 1]?.lastOffset ?? -1) >= endOffset) keep--
    const first = this.#entries[keep]
    this.#entries.length = keep
    return first
  }

  /** Of the first batch that does not end before the offset. */
  #indexOf(offset: number): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#entries[middle]?.lastOffset ?? -1) < offset) low = middle + 1
      else high = middle
    }
    return low
  }
}
