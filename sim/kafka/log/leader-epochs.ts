// At which offset each leader epoch of a log began: what a follower and its leader compare to find where they part.

export interface EpochStart {
  readonly epoch: number
  readonly startOffset: number
}

export interface EpochEnd {
  readonly epoch: number
  /** One past the last offset of that epoch. */
  readonly endOffset: number
}

/** No epoch: an empty log, or one that nobody has led yet. */
export const NO_EPOCH = -1

export class LeaderEpochs {
  #entries: EpochStart[] = []

  get entries(): readonly EpochStart[] {
    return this.#entries
  }

  get latest(): number {
    return this.#entries.at(-1)?.epoch ?? NO_EPOCH
  }

  /** The epoch begins at the offset, unless it, or a later one, is known. */
  assign(epoch: number, startOffset: number): void {
    if (epoch <= this.latest) return
    // An epoch in which nothing was written has no place of its own.
    while (this.#entries.length > 0 && (this.#entries.at(-1)?.startOffset ?? 0) >= startOffset) this.#entries.pop()
    this.#entries.push({ epoch, startOffset })
  }

  /**
   * The largest known epoch that is not above the one asked for, and where it ends. Undefined if there is none: then the
   * log has nothing in common with whoever asks.
   */
  endOf(epoch: number, logEndOffset: number): EpochEnd | undefined {
    let found: EpochStart | undefined
    let endOffset = logEndOffset
    for (let index = this.#entries.length - 1; index >= 0; index--) {
      const entry = this.#entries[index]
      if (entry === undefined) break
      if (entry.epoch <= epoch) {
        found = entry
        break
      }
      endOffset = entry.startOffset
    }
    return found === undefined ? undefined : { epoch: found.epoch, endOffset }
  }

  /** The epoch to which the offset belongs. */
  epochAt(offset: number): number {
    for (let index = this.#entries.length - 1; index >= 0; index--) {
      const entry = this.#entries[index]
      if (entry !== undefined && entry.startOffset <= offset) return entry.epoch
    }
    return NO_EPOCH
  }

  /** The log now ends at the offset. */
  truncateTo(endOffset: number): void {
    this.#entries = this.#entries.filter(entry => entry.startOffset < endOffset)
  }
}
