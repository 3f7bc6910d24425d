// The log of one partition on one broker: batches in files, where each is, the leader epochs and the producers' states.

import type { Disk } from '../../../system/runtime/disk.ts'
import { bufferOver } from '../wire/frames.ts'
import { BatchIndex } from './batch-index.ts'
import type { BatchEntry } from './batch-index.ts'
import { LeaderEpochs } from './leader-epochs.ts'
import { ProducerStates } from './producer-states.ts'
import type { RecentBytes } from './recent-bytes.ts'
import { batchesIn, isFormat2, isIntact, readBatchHeader } from './record-batch.ts'
import type { BatchHeader } from './record-batch.ts'
import { SegmentFiles } from './segment-files.ts'
import type { SegmentOptions } from './segment-files.ts'

export interface PartitionLogPorts {
  readonly disk: Disk
  readonly recent: RecentBytes
}

/** An append whose bytes are on their way into the file. */
interface Unwritten {
  readonly entry: BatchEntry
  isWritten: boolean
}

export class PartitionLog {
  readonly epochs: LeaderEpochs = new LeaderEpochs()
  readonly producers: ProducerStates = new ProducerStates()
  /** Nothing removes old segments yet. */
  readonly startOffset: number = 0
  readonly #files: SegmentFiles
  readonly #recent: RecentBytes
  readonly #index = new BatchIndex()
  readonly #producerHeaders = new Map<number, BatchHeader>()
  #nextOffset = 0
  #endOffset = 0
  #unwritten: Unwritten[] = []

  constructor(ports: PartitionLogPorts, options: SegmentOptions) {
    this.#files = new SegmentFiles(ports.disk, options)
    this.#recent = ports.recent
  }

  /** A batch that does not fit goes into a new file. */
  set segmentBytesMax(bytes: number) {
    this.#files.segmentBytesMax = bytes
  }

  /** One past the last offset whose bytes the file has: what a crash of the process keeps. */
  get endOffset(): number {
    return this.#endOffset
  }

  /** The offset that the next batch will get; ahead of `endOffset` while appends are on their way. */
  get nextOffset(): number {
    return this.#nextOffset
  }

  /**
   * Reads what is on the disk, up to the first batch that is torn, damaged or out of order. That and all after it goes, as
   * in Kafka's own recovery. Answers how many bytes went.
   */
  async recover(paths: readonly string[]): Promise<number> {
    const bases = await this.#files.open(paths)
    for (const [at, base] of bases.entries()) {
      const bytes = bufferOver(await this.#files.readAll(base))
      const end = this.#scan(bytes, base)
      if (end === bytes.length) continue
      await this.#files.truncate(base, end)
      return bytes.length - end + (at + 1 < bases.length ? 1 : 0)
    }
    return 0
  }

  /**
   * Adds a batch that has its offset and its epoch. Resolves when the file has its bytes; by then `endOffset` has moved past
   * it, and past all before it. A rejection means that the disk failed: the log must not be used any more.
   */
  async append(batch: Buffer): Promise<void> {
    const header = readBatchHeader(batch)
    if (header.baseOffset < this.#nextOffset) throw new Error(`offset ${header.baseOffset} is in the log already`)
    const entry = this.#enter(header, this.#files.place(header.baseOffset, batch.length), batch)
    const unwritten: Unwritten = { entry, isWritten: false }
    this.#unwritten.push(unwritten)
    await this.#files.append(batch)
    unwritten.isWritten = true
    this.#admit()
  }

  /** Whole batches from the one that holds `offset` on; at once if they are in memory. */
  read(
    offset: number,
    limits: { readonly untilOffset: number; readonly bytesMax: number },
  ): readonly Buffer[] | Promise<readonly Buffer[]> {
    const entries = this.#index.from(offset, limits)
    const batches: Buffer[] = []
    for (const { bytes } of entries) {
      if (bytes === undefined) return this.#readFromDisk(entries)
      batches.push(bytes)
    }
    return batches
  }

  /** How many bytes `read` would give; counted up to `bytesMax` and no further. */
  sizeFrom(offset: number, limits: { readonly untilOffset: number; readonly bytesMax: number }): number {
    return this.#index.sizeFrom(offset, limits)
  }

  /** The first record at or after that time; not exact inside a batch: the batch's first is given. */
  offsetAtTime(timestamp: number): { readonly offset: number; readonly timestamp: number } | undefined {
    const entry = this.#index.atTime(timestamp)
    return entry === undefined ? undefined : { offset: entry.baseOffset, timestamp: entry.maxTimestamp }
  }

  /** Removes every batch that reaches past the offset. Nothing may be on its way into the file. */
  async truncateTo(endOffset: number): Promise<void> {
    if (this.#unwritten.length > 0) throw new Error('the log is being written')
    const first = this.#index.truncateTo(endOffset)
    this.#endOffset = this.#index.endOffset
    this.#nextOffset = this.#endOffset
    this.epochs.truncateTo(this.#endOffset)
    if (first === undefined) return
    this.producers.clear()
    for (const [baseOffset, header] of this.#producerHeaders) {
      if (baseOffset < this.#endOffset) this.producers.add(header)
      else this.#producerHeaders.delete(baseOffset)
    }
    await this.#files.truncate(first.segment, first.position)
  }

  /** Everything in it survives a power loss. */
  sync(): Promise<void> {
    return this.#files.sync()
  }

  close(): Promise<void> {
    return this.#files.close()
  }

  /** Enters the intact batches of a segment; answers where they end. */
  #scan(bytes: Buffer, segment: number): number {
    let position = 0
    for (const batch of batchesIn(bytes)) {
      if (!isFormat2(batch) || !isIntact(batch)) break
      const header = readBatchHeader(batch)
      if (header.baseOffset < this.#nextOffset || header.lastOffset < header.baseOffset) break
      const entry = this.#enter(header, { segment, position }, Buffer.from(batch))
      this.#index.add(entry)
      this.#recent.keep(entry)
      position += batch.length
    }
    this.#endOffset = this.#nextOffset
    return position
  }

  #enter(
    header: BatchHeader,
    place: { readonly segment: number; readonly position: number },
    bytes: Buffer,
  ): BatchEntry {
    const { baseOffset, lastOffset, leaderEpoch, maxTimestamp, size } = header
    this.#nextOffset = lastOffset + 1
    this.epochs.assign(leaderEpoch, baseOffset)
    if (header.producerId >= 0) {
      this.producers.add(header)
      this.#producerHeaders.set(baseOffset, header)
    }
    return { baseOffset, lastOffset, leaderEpoch, maxTimestamp, size, ...place, bytes }
  }

  /** What was written becomes part of the log, in its order. */
  #admit(): void {
    let count = 0
    for (const { entry, isWritten } of this.#unwritten) {
      if (!isWritten) break
      this.#index.add(entry)
      this.#recent.keep(entry)
      this.#endOffset = entry.lastOffset + 1
      count++
    }
    this.#unwritten.splice(0, count)
  }

  async #readFromDisk(entries: readonly BatchEntry[]): Promise<readonly Buffer[]> {
    const batches: Buffer[] = []
    for (const entry of entries) {
      const bytes = entry.bytes ?? bufferOver(await this.#files.read(entry))
      batches.push(bytes)
      if (entry.bytes !== undefined) continue
      entry.bytes = bytes
      this.#recent.keep(entry)
    }
    return batches
  }
}
