// Merges sorted files into one, partition by partition, and forgets the tombstones that nobody needs any more.

import type { Fragment } from '../data/fragment.ts'
import { isEmptyFragment, mergeFragments, purgedFragment } from '../data/fragment.ts'
import type { Purge } from '../data/row.ts'
import type { Place } from './place.ts'
import type { SortedFile } from './sorted-file.ts'
import type { SortedFileWriter } from './sorted-file-writer.ts'

/** `purgeOf` is asked when a partition has just been merged. */
export async function mergeFiles(
  inputs: readonly SortedFile[],
  output: SortedFileWriter,
  purgeOf: (place: Place) => Purge,
): Promise<void> {
  const cursors = inputs.map(input => new Cursor(input))
  for (;;) {
    const place = smallestPlace(cursors)
    if (place === undefined) return
    let merged: Fragment | undefined
    for (const cursor of cursors) {
      if (cursor.place !== place) continue
      const fragment = await cursor.take()
      merged = merged === undefined ? fragment : mergeFragments(merged, fragment)
    }
    if (merged === undefined) return
    const kept = purgedFragment(merged, purgeOf(place))
    if (!isEmptyFragment(kept)) await output.add(place, kept)
  }
}

function smallestPlace(cursors: readonly Cursor[]): Place | undefined {
  let smallest: Place | undefined
  for (const { place } of cursors) {
    if (place !== undefined && (smallest === undefined || place < smallest)) smallest = place
  }
  return smallest
}

/** Walks through a file, reading many partitions at a time. */
class Cursor {
  readonly #file: SortedFile
  #slot = 0
  #read: readonly Fragment[] = []
  #readFrom = 0

  constructor(file: SortedFile) {
    this.#file = file
  }

  /** Of the partition that comes next. */
  get place(): Place | undefined {
    return this.#file.places()[this.#slot]
  }

  async take(): Promise<Fragment> {
    if (this.#slot >= this.#readFrom + this.#read.length) {
      this.#readFrom = this.#slot
      this.#read = await this.#file.read({ from: this.#slot, to: this.#file.runEnd(this.#slot) })
    }
    const fragment = this.#read[this.#slot - this.#readFrom]
    if (fragment === undefined) throw new RangeError('a file has no more partitions')
    this.#slot++
    return fragment
  }
}
