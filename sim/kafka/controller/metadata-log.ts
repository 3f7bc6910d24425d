// The metadata log on the controller's disk. What it has said is synced: it outlives a power loss.

import CRC32C from 'crc-32/crc32c.js'
import type { Disk, DiskFile } from '../../../system/runtime/disk.ts'
import { readMetadataRecord, writeMetadataRecord } from '../metadata/metadata-record.ts'
import type { MetadataRecord } from '../metadata/metadata-record.ts'
import { bufferOver } from '../wire/frames.ts'
import { WireReader } from '../wire/wire-reader.ts'
import { WireWriter } from '../wire/wire-writer.ts'

const PATH = 'kafka/metadata/records.log'

/** Length and checksum. */
const FRAME_HEADER_BYTES = 8

export class MetadataLog {
  readonly #file: DiskFile

  constructor(file: DiskFile) {
    this.#file = file
  }

  /** Resolves when the records are durable; rejects when the disk failed, and then the log must not be used any more. */
  async append(records: readonly MetadataRecord[]): Promise<void> {
    const writer = new WireWriter()
    for (const record of records) {
      const start = writer.length
      writeMetadataRecord(writer.i32(0).i32(0), record)
      const body = writer.finish().subarray(start + FRAME_HEADER_BYTES)
      writer.patchI32(start, body.length).patchI32(start + 4, CRC32C.buf(body, 0))
    }
    await Promise.all([this.#file.append(writer.finish()), this.#file.sync()])
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

/** The log and what it holds. A torn end was never told to anybody, and goes. */
export async function openMetadataLog(
  disk: Disk,
): Promise<{ readonly log: MetadataLog; readonly records: readonly MetadataRecord[] }> {
  const file = await disk.open(PATH, { create: true })
  const bytes = bufferOver(await file.read(0, file.size))
  const records: MetadataRecord[] = []
  let position = 0
  for (;;) {
    const body = bodyAt(bytes, position)
    if (body === undefined) break
    records.push(readMetadataRecord(new WireReader(body)))
    position += FRAME_HEADER_BYTES + body.length
  }
  if (position < bytes.length) {
    await file.truncate(position)
    await file.sync()
  }
  return { log: new MetadataLog(file), records }
}

function bodyAt(bytes: Buffer, position: number): Buffer | undefined {
  const start = position + FRAME_HEADER_BYTES
  if (start > bytes.length) return undefined
  const length = bytes.readInt32BE(position)
  if (length <= 0 || start + length > bytes.length) return undefined
  const body = bytes.subarray(start, start + length)
  return CRC32C.buf(body, 0) === bytes.readInt32BE(position + 4) ? body : undefined
}
