// A file that never changes: partitions in the order of their places, each with a checksum. Its index is in memory, the
// partitions are read from the disk.

import { crc32 } from 'node:zlib'
import type { Disk, DiskFile } from '../../../system/runtime/disk.ts'
import { asBuffer } from '../data/as-buffer.ts'
import type { Fragment } from '../data/fragment.ts'
import { readFragment } from '../data/fragment-codec.ts'
import { lowerBound } from '../data/sorted-map.ts'
import { ByteReader } from '../wire/byte-reader.ts'
import type { Place } from './place.ts'
import { FOOT_BYTES, indexBytes, readIndex } from './sorted-file-format.ts'
import type { SortedFileIndex } from './sorted-file-format.ts'
import { StorageError } from './storage-error.ts'

export class SortedFile {
  readonly number: number
  readonly #disk: Disk
  readonly #file: DiskFile
  readonly #path: string
  readonly #index: SortedFileIndex
  #readers = 0
  #onIdle: (() => void) | undefined

  constructor(parts: {
    readonly disk: Disk
    readonly file: DiskFile
    readonly path: string
    readonly number: number
    readonly index: SortedFileIndex
  }) {
    this.number = parts.number
    this.#disk = parts.disk
    this.#file = parts.file
    this.#path = parts.path
    this.#index = parts.index
  }

  /** In order; a partition's slot is its index here. */
  places(): readonly Place[] {
    return this.#index.places
  }

  get oldestMicros(): bigint {
    return this.#index.oldestMicros
  }

  get replaces(): readonly number[] {
    return this.#index.replaces
  }

  get bytes(): number {
    return this.#file.size
  }

  /** Undefined if the partition is not in the file. */
  slotOf(place: Place): number | undefined {
    const slot = lowerBound(this.places(), place)
    return this.places()[slot] === place ? slot : undefined
  }

  /** The partitions from `from` up to, not including, `to`. Rejects with a StorageError if one is damaged. */
  async read(slots: { readonly from: number; readonly to: number }): Promise<readonly Fragment[]> {
    this.#readers++
    try {
      const fragments: Fragment[] = []
      for (let from = slots.from; from < slots.to;) {
        const to = this.runEnd(from, slots.to)
        await this.#readRun({ from, to }, fragments)
        from = to
      }
      return fragments
    } finally {
      this.#readers--
      if (this.#readers === 0) this.#onIdle?.()
    }
  }

  /** One read takes the partitions from `from` up to there, and never those from `end` on. */
  runEnd(from: number, end: number = this.places().length): number {
    const { lengths } = this.#index
    let bytes = lengths[from] ?? 0
    let to = from + 1
    while (to < end && bytes + (lengths[to] ?? 0) <= READ_BYTES_MAX) {
      bytes += lengths[to] ?? 0
      to++
    }
    return to
  }

  async close(): Promise<void> {
    await this.#idle()
    await this.#file.close()
  }

  /** Once the reads under way have ended. */
  async remove(): Promise<void> {
    await this.close()
    await this.#disk.remove(this.#path)
  }

  async #readRun(slots: { readonly from: number; readonly to: number }, into: Fragment[]): Promise<void> {
    const { positions, lengths, checksums } = this.#index
    const start = positions[slots.from] ?? 0
    const end = (positions[slots.to - 1] ?? 0) + (lengths[slots.to - 1] ?? 0)
    const bytes = asBuffer(await this.#file.read(start, end - start))
    for (let slot = slots.from; slot < slots.to; slot++) {
      const at = (positions[slot] ?? 0) - start
      const block = bytes.subarray(at, at + (lengths[slot] ?? 0))
      if (crc32(block) !== checksums[slot]) {
        throw new StorageError('corrupt', `${this.#path} is damaged between bytes ${start + at} and ${end}`)
      }
      into.push(readFragment(new ByteReader(block)))
    }
  }

  async #idle(): Promise<void> {
    if (this.#readers > 0) await new Promise<void>(resolve => (this.#onIdle = resolve))
  }
}

/** Rejects with a StorageError if the file is not a whole sorted file. */
export async function openSortedFile(
  disk: Disk,
  at: { readonly path: string; readonly number: number },
): Promise<SortedFile> {
  const file = await disk.open(at.path)
  const guess = Math.min(file.size, INDEX_BYTES_GUESS)
  let end = asBuffer(await file.read(file.size - guess, guess))
  const needed = indexBytes(at.path, end)
  if (needed > file.size) throw new StorageError('corrupt', `the index of ${at.path} is damaged`)
  if (needed > end.length) end = asBuffer(await file.read(file.size - needed, needed))
  if (end.length < FOOT_BYTES) throw new StorageError('corrupt', `${at.path} is too short`)
  return new SortedFile({ disk, file, ...at, index: readIndex(at.path, end.subarray(end.length - needed)) })
}

const READ_BYTES_MAX = 1 << 20
const INDEX_BYTES_GUESS = 1 << 16
