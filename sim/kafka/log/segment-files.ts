// The files of one partition: segments, each named after its first offset. Nothing is synced but a segment that is full:
// Kafka leaves the rest to the replicas, and to the operating system.

import type { Disk, DiskFile } from '../../../system/runtime/disk.ts'

interface Segment {
  readonly baseOffset: number
  readonly path: string
  /** What was appended so far, whether or not it was written yet. */
  size: number
  file: DiskFile | undefined
  opening: Promise<DiskFile> | undefined
}

export interface SegmentOptions {
  readonly directory: string
  /** Sync after so many appends; Infinity, Kafka's default: never. */
  readonly flushIntervalAppends: number
}

export class SegmentFiles {
  segmentBytesMax: number = 1024 * 1024 * 1024
  readonly #disk: Disk
  readonly #options: SegmentOptions
  #segments: Segment[] = []
  #unflushedAppends = 0
  #removing: Promise<void> | undefined

  constructor(disk: Disk, options: SegmentOptions) {
    this.#disk = disk
    this.#options = options
  }

  /** Opens the files that are there, by their paths, in the order of their offsets. Answers where each begins. */
  async open(paths: readonly string[]): Promise<readonly number[]> {
    for (const path of [...paths].sort()) {
      const file = await this.#disk.open(path)
      const baseOffset = Number(path.slice(path.lastIndexOf('/') + 1, -SUFFIX.length))
      this.#segments.push({ baseOffset, path, size: file.size, file, opening: undefined })
    }
    return this.#segments.map(({ baseOffset }) => baseOffset)
  }

  /** Where the next batch of that size goes: into the last segment, or into a new one that begins with its offset. */
  place(baseOffset: number, size: number): { readonly segment: number; readonly position: number } {
    let last = this.#segments.at(-1)
    if (last === undefined || (last.size > 0 && last.size + size > this.segmentBytesMax)) {
      if (last !== undefined) void this.#sync(last)
      const path = `${this.#options.directory}/${String(baseOffset).padStart(OFFSET_DIGITS, '0')}${SUFFIX}`
      last = { baseOffset, path, size: 0, file: undefined, opening: undefined }
      this.#segments.push(last)
    }
    const position = last.size
    last.size += size
    return { segment: last.baseOffset, position }
  }

  /** Writes at the place that `place` gave last. Resolves when the page cache has it, or, with a flush interval, the disk. */
  async append(bytes: Uint8Array): Promise<void> {
    const last = this.#segments.at(-1)
    if (last === undefined) throw new Error('append without a place')
    const file = last.file ?? (await this.#open(last))
    const appended = file.append(bytes)
    if (++this.#unflushedAppends < this.#options.flushIntervalAppends) {
      await appended
      return
    }
    this.#unflushedAppends = 0
    await Promise.all([appended, file.sync()])
  }

  async readAll(baseOffset: number): Promise<Uint8Array> {
    const segment = this.#segment(baseOffset)
    const file = segment.file ?? (await this.#open(segment))
    return file.read(0, file.size)
  }

  async read(place: {
    readonly segment: number
    readonly position: number
    readonly size: number
  }): Promise<Uint8Array> {
    const segment = this.#segment(place.segment)
    const file = segment.file ?? (await this.#open(segment))
    return file.read(place.position, place.size)
  }

  /** The segment ends there, and the later ones go. */
  async truncate(baseOffset: number, position: number): Promise<void> {
    const index = this.#segments.findIndex(each => each.baseOffset === baseOffset)
    const segment = this.#segment(baseOffset)
    const later = this.#segments.splice(index + 1)
    segment.size = position
    const file = segment.file ?? (await this.#open(segment))
    const truncated = file.truncate(position)
    this.#removing = this.#remove(later.reverse())
    await Promise.all([truncated, this.#removing])
  }

  async sync(): Promise<void> {
    for (const segment of this.#segments) await this.#sync(segment)
  }

  async close(): Promise<void> {
    for (const { file } of this.#segments) await file?.close()
  }

  async #sync(segment: Segment): Promise<void> {
    const file = segment.file ?? (await this.#open(segment))
    await file.sync()
  }

  async #remove(segments: readonly Segment[]): Promise<void> {
    for (const segment of segments) {
      const file = segment.file ?? (await segment.opening)
      if (file === undefined) continue
      await file.close()
      await this.#disk.remove(segment.path)
    }
  }

  async #open(segment: Segment): Promise<DiskFile> {
    segment.opening ??= this.#openFile(segment.path)
    segment.file = await segment.opening
    return segment.file
  }

  /** A new segment may bear the name of one that is still being removed. */
  async #openFile(path: string): Promise<DiskFile> {
    await this.#removing
    return this.#disk.open(path, { create: true })
  }

  #segment(baseOffset: number): Segment {
    const segment = this.#segments.find(each => each.baseOffset === baseOffset)
    if (segment === undefined) throw new Error(`no segment begins with ${baseOffset}`)
    return segment
  }
}

const SUFFIX = '.log'
const OFFSET_DIGITS = 20
