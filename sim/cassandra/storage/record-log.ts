// A file of records, one after another. Each has its length and checksum, so that a power loss in the middle of an append
// shows: the rest of such a file never was durable, and is cut off. Each also says how far the file was synced when it was
// written, so that damage to what *was* durable is told from a torn end, and is an error.

import { crc32 } from 'node:zlib'
import type { Disk, DiskFile } from '../../../system/runtime/disk.ts'
import { asBuffer } from '../data/as-buffer.ts'
import { ByteWriter } from '../wire/byte-writer.ts'
import { StorageError } from './storage-error.ts'

/** Writes the body of one record. */
export type RecordBody = (writer: ByteWriter) => void

export class RecordLog {
  readonly path: string
  readonly #file: DiskFile
  #syncedBytes: number

  constructor(file: DiskFile) {
    this.path = file.path
    this.#file = file
    this.#syncedBytes = file.size
  }

  get size(): number {
    return this.#file.size
  }

  get isSynced(): boolean {
    return this.#syncedBytes === this.#file.size
  }

  /** When it resolves a crash of the process does not take the records any more; a power loss may, until `sync`. */
  async append(records: readonly RecordBody[], sizeHint?: number): Promise<void> {
    const writer = new ByteWriter(sizeHint)
    for (const body of records) {
      const start = writer.length
      writer.u32(MAGIC).u32(0).u32(0).u32(this.#syncedBytes)
      body(writer)
      writer.patchU32(start + LENGTH_AT, writer.length - start - RECORD_HEAD_BYTES)
      writer.patchU32(start + CHECKSUM_AT, crc32(writer.since(start + LENGTH_AT)))
    }
    await this.#file.append(writer.finish())
  }

  /** All that was appended before survives a power loss when it resolves. Asks the disk only if there is something new. */
  async sync(): Promise<void> {
    const { size } = this.#file
    if (this.#syncedBytes === size) return
    await this.#file.sync()
    this.#syncedBytes = Math.max(this.#syncedBytes, size)
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

/**
 * Opens the log of that name, or starts it. `records` are the bodies of what it holds, durable now; a torn end is gone.
 * Rejects with a StorageError if something is damaged that was durable.
 */
export async function openRecordLog(
  disk: Disk,
  path: string,
): Promise<{ readonly log: RecordLog; readonly records: readonly Buffer[] }> {
  const file = await disk.open(path, { create: true })
  const { records, end } = scanRecords(path, await file.read(0, file.size))
  if (end < file.size) await file.truncate(end)
  if (file.size > 0) await file.sync()
  return { log: new RecordLog(file), records }
}

/** The bodies of the records of a log that was synced to its end: a torn end is damage, too. */
export async function readWholeRecordLog(disk: Disk, path: string): Promise<readonly Buffer[]> {
  const file = await disk.open(path)
  const bytes = await file.read(0, file.size)
  await file.close()
  const { records, end } = scanRecords(path, bytes)
  if (end < bytes.length) throw damaged(path, end)
  return records
}

interface Scanned {
  readonly records: readonly Buffer[]
  /** Of the last record before anything that is not one. */
  readonly end: number
}

function scanRecords(path: string, content: Uint8Array): Scanned {
  const bytes = asBuffer(content)
  const records: Buffer[] = []
  let end = 0
  for (let record = recordAt(bytes, end); record !== undefined; record = recordAt(bytes, end)) {
    records.push(record.body)
    end += RECORD_HEAD_BYTES + record.body.length
  }
  for (let at = bytes.indexOf(MAGIC_BYTES, end + 1); at >= 0; at = bytes.indexOf(MAGIC_BYTES, at + 1)) {
    const later = recordAt(bytes, at)
    if (later !== undefined && later.syncedBytes > end) throw damaged(path, end)
  }
  return { records, end }
}

function recordAt(bytes: Buffer, at: number): { readonly body: Buffer; readonly syncedBytes: number } | undefined {
  if (at + RECORD_HEAD_BYTES > bytes.length || bytes.readUInt32BE(at) !== MAGIC) return undefined
  const end = at + RECORD_HEAD_BYTES + bytes.readUInt32BE(at + LENGTH_AT)
  if (end > bytes.length) return undefined
  if (bytes.readUInt32BE(at + CHECKSUM_AT) !== crc32(bytes.subarray(at + LENGTH_AT, end))) return undefined
  return { body: bytes.subarray(at + RECORD_HEAD_BYTES, end), syncedBytes: bytes.readUInt32BE(at + SYNCED_AT) }
}

function damaged(path: string, position: number): StorageError {
  return new StorageError('corrupt', `${path} is damaged at byte ${position}, which was durable`)
}

/** Magic, checksum of all that follows it, length of the body, and how many bytes of the file were synced. */
export const RECORD_HEAD_BYTES = 16
const CHECKSUM_AT = 4
const LENGTH_AT = 8
const SYNCED_AT = 12
const MAGIC = 0xf5ec0d01
const MAGIC_BYTES: Buffer = Buffer.from([0xf5, 0xec, 0x0d, 0x01])
