// The files of the commit log: one that grows, and older ones that wait until nobody needs them.

import type { Disk } from '../../../system/runtime/disk.ts'
import type { FileNumbers } from './file-names.ts'
import { segmentPath } from './file-names.ts'
import type { RecordBody, RecordLog } from './record-log.ts'
import { openRecordLog } from './record-log.ts'

/** A segment that grows no more. */
export interface Segment {
  readonly number: number
  readonly bytes: number
}

export interface SegmentOptions {
  readonly directory: string
  readonly numbers: FileNumbers
  readonly segmentBytes: number
}

export class Segments {
  readonly #disk: Disk
  readonly #options: SegmentOptions
  readonly #closed: Segment[]
  #number: number
  #current: RecordLog

  private constructor(
    disk: Disk,
    options: SegmentOptions,
    files: { readonly closed: readonly Segment[]; readonly number: number; readonly current: RecordLog },
  ) {
    this.#disk = disk
    this.#options = options
    this.#closed = [...files.closed]
    this.#number = files.number
    this.#current = files.current
  }

  /** With a new segment, after those of earlier processes. */
  static async open(disk: Disk, options: SegmentOptions, closed: readonly Segment[]): Promise<Segments> {
    const number = options.numbers.next()
    const { log } = await openRecordLog(disk, segmentPath(options.directory, number))
    return new Segments(disk, options, { closed, number, current: log })
  }

  get bytes(): number {
    let bytes = this.#current.size
    for (const segment of this.#closed) bytes += segment.bytes
    return bytes
  }

  get isSynced(): boolean {
    return this.#current.isSynced
  }

  /** `bytes` is the size of the records; they are in one segment. */
  async append(records: readonly RecordBody[], bytes: number): Promise<void> {
    if (this.#current.size > 0 && this.#current.size + bytes > this.#options.segmentBytes) await this.next()
    await this.#current.append(records, bytes)
  }

  sync(): Promise<void> {
    return this.#current.sync()
  }

  /**
   * Begins a new segment; resolves with the number of the one before. That is synced to its end first: so a torn end is
   * possible in the last segment only, and damage in any other is damage.
   */
  async next(): Promise<number> {
    const last = { number: this.#number, bytes: this.#current.size }
    await this.close()
    this.#closed.push(last)
    this.#number = this.#options.numbers.next()
    const { log } = await openRecordLog(this.#disk, segmentPath(this.#options.directory, this.#number))
    this.#current = log
    return last.number
  }

  /** They go in their order, so that no gap is ever left. */
  async removeThrough(number: number): Promise<void> {
    for (let first = this.#closed[0]; first !== undefined && first.number <= number; first = this.#closed[0]) {
      this.#closed.shift()
      await this.#disk.remove(segmentPath(this.#options.directory, first.number))
    }
  }

  /** All of it is durable when it resolves. */
  async close(): Promise<void> {
    await this.#current.sync()
    await this.#current.close()
  }
}
