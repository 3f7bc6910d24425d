// Writes a sorted file. Until it is whole and durable it has another name, so that nobody takes a part for it.

import { crc32 } from 'node:zlib'
import type { Disk, DiskFile } from '../../../system/runtime/disk.ts'
import type { Fragment } from '../data/fragment.ts'
import { writeFragment } from '../data/fragment-codec.ts'
import { MAX_MICROS, oldestMicrosOf, sizeOfFragment } from '../data/fragment-size.ts'
import { ByteWriter } from '../wire/byte-writer.ts'
import { openEmpty } from './durable-file.ts'
import { temporary } from './file-names.ts'
import type { Place } from './place.ts'
import { SortedFile } from './sorted-file.ts'
import { writeIndex } from './sorted-file-format.ts'

export class SortedFileWriter {
  readonly #disk: Disk
  readonly #path: string
  readonly #number: number
  readonly #replaces: readonly number[]
  readonly #file: DiskFile
  readonly #places: Place[] = []
  readonly #positions: number[] = []
  readonly #lengths: number[] = []
  readonly #checksums: number[] = []
  #oldestMicros = MAX_MICROS
  /** What waits to be appended, and where in the file it starts. */
  #waiting = new ByteWriter()
  #start = 0

  private constructor(disk: Disk, file: DiskFile, options: SortedFileOptions) {
    this.#disk = disk
    this.#file = file
    this.#path = options.path
    this.#number = options.number
    this.#replaces = options.replaces
  }

  static async start(disk: Disk, options: SortedFileOptions): Promise<SortedFileWriter> {
    return new SortedFileWriter(disk, await openEmpty(disk, temporary(options.path)), options)
  }

  /** In the order of the places, each once. */
  async add(place: Place, fragment: Fragment): Promise<void> {
    const size = sizeOfFragment(fragment)
    if (this.#waiting.length > 0 && this.#waiting.length + size > APPEND_BYTES_MAX) await this.#append()
    if (this.#waiting.length === 0) this.#waiting = new ByteWriter(Math.max(size, APPEND_BYTES_MIN))
    const before = this.#waiting.length
    writeFragment(this.#waiting, fragment)
    this.#places.push(place)
    this.#positions.push(this.#start + before)
    this.#lengths.push(this.#waiting.length - before)
    this.#checksums.push(crc32(this.#waiting.since(before)))
    const oldest = oldestMicrosOf(fragment)
    if (oldest < this.#oldestMicros) this.#oldestMicros = oldest
  }

  /** The file is durable and has its name when it resolves; the name is durable after the next `syncDirectory`. */
  async finish(): Promise<SortedFile> {
    const index = {
      places: this.#places,
      positions: this.#positions,
      lengths: this.#lengths,
      checksums: this.#checksums,
      oldestMicros: this.#oldestMicros,
      replaces: this.#replaces,
    }
    this.#waiting.raw(writeIndex(index))
    await this.#append()
    await this.#file.sync()
    await this.#disk.rename(temporary(this.#path), this.#path)
    return new SortedFile({ disk: this.#disk, file: this.#file, path: this.#path, number: this.#number, index })
  }

  async #append(): Promise<void> {
    const bytes = this.#waiting.finish()
    this.#start += bytes.length
    this.#waiting = new ByteWriter(0)
    await this.#file.append(bytes)
  }
}

export interface SortedFileOptions {
  readonly path: string
  readonly number: number
  readonly replaces: readonly number[]
}

const APPEND_BYTES_MAX = 1 << 20
const APPEND_BYTES_MIN = 1 << 12
