// Hints for one node: mutations that it did not take, in files of records, oldest file first.

import type { Disk } from '../../../system/runtime/disk.ts'
import type { RecordLog } from '../storage/record-log.ts'
import { openRecordLog } from '../storage/record-log.ts'
import { ByteReader } from '../wire/byte-reader.ts'

export interface Hint {
  /** By the wall clock of the coordinator that keeps it. */
  readonly madeAtMs: number
  /** As `writeWrites` wrote it. */
  readonly mutation: Buffer
}

interface Waiting {
  readonly hint: Hint
  readonly kept: () => void
  readonly lost: (error: unknown) => void
}

export class HintFiles {
  readonly #disk: Disk
  readonly #directory: string
  #paths: string[]
  #log: RecordLog | undefined
  #nextNumber: number
  #waiting: Waiting[] = []
  #isWriting = false
  /** The records that are being written. */
  #batch: Promise<void> = Promise.resolve()

  /** `paths`: files that were there at start, in order. */
  constructor(disk: Disk, options: { readonly directory: string; readonly paths: readonly string[] }) {
    this.#disk = disk
    this.#directory = options.directory
    this.#paths = [...options.paths]
    this.#nextNumber = Math.max(0, ...options.paths.map(numberOf)) + 1
  }

  /** No hint waits, neither in a file nor on its way into one. */
  get isEmpty(): boolean {
    return this.#paths.length === 0 && this.#waiting.length === 0
  }

  /** Durable when it resolves. Those that come while others are written share one sync. */
  keep(hint: Hint): Promise<void> {
    return new Promise((kept, lost) => {
      this.#waiting.push({ hint, kept, lost })
      if (!this.#isWriting) void this.#write()
    })
  }

  /** The hints of the oldest file; nothing is added to it any more. */
  async oldest(): Promise<readonly Hint[] | undefined> {
    const [path] = this.#paths
    if (path === undefined) return undefined
    if (this.#log?.path === path) {
      const log = this.#log
      this.#log = undefined
      await this.#batch
      await log.close()
    }
    const { log, records } = await openRecordLog(this.#disk, path)
    await log.close()
    return records.map(readHint)
  }

  /** The hints of the oldest file were taken, or are not wanted any more. */
  async removeOldest(): Promise<void> {
    const [path] = this.#paths
    if (path === undefined) return
    await this.#disk.remove(path)
    await this.#disk.syncDirectory(this.#directory)
    this.#paths = this.#paths.filter(other => other !== path)
  }

  async #write(): Promise<void> {
    this.#isWriting = true
    while (this.#waiting.length > 0) {
      const batch = [...this.#waiting]
      this.#batch = this.#append(batch)
      await this.#batch
      this.#waiting = this.#waiting.slice(batch.length)
    }
    this.#isWriting = false
  }

  async #append(batch: readonly Waiting[]): Promise<void> {
    try {
      const log = (this.#log ??= await this.#newLog())
      await log.append(
        batch.map(
          ({ hint }) =>
            writer =>
              void writer.i64(BigInt(hint.madeAtMs)).raw(hint.mutation),
        ),
        batch.reduce((sum, { hint }) => sum + hint.mutation.length + 64, 0),
      )
      await log.sync()
      for (const { kept } of batch) kept()
    } catch (error) {
      this.#log = undefined
      for (const { lost } of batch) lost(error)
    }
  }

  async #newLog(): Promise<RecordLog> {
    const path = `${this.#directory}/${String(this.#nextNumber++).padStart(10, '0')}.hints`
    const { log } = await openRecordLog(this.#disk, path)
    this.#paths.push(path)
    return log
  }
}

function readHint(record: Buffer): Hint {
  const reader = new ByteReader(record)
  return { madeAtMs: Number(reader.i64()), mutation: reader.raw(reader.remaining) }
}

function numberOf(path: string): number {
  return Number(/(\d+)\.hints$/.exec(path)?.[1] ?? 0)
}
