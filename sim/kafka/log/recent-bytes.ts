// The part of the logs that a broker still has in memory, as the page cache would: the most recent bytes, of all partitions
// together. What is older is read from the disk.

import type { BatchEntry } from './batch-index.ts'

export class RecentBytes {
  readonly #bytesMax: number
  #entries: BatchEntry[] = []
  #first = 0
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** The entry has its bytes, for now. */
  keep(entry: BatchEntry): void {
    this.#entries.push(entry)
    this.#bytes += entry.size
    while (this.#bytes > this.#bytesMax) {
      const oldest = this.#entries[this.#first++]
      if (oldest === undefined) return
      oldest.bytes = undefined
      this.#bytes -= oldest.size
    }
    if (this.#first > 1024 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first)
      this.#first = 0
    }
  }
}
