// The records inside a batch: a leader looks through those that it takes, and the group coordinator reads and writes its own.

import { gunzipSync } from 'node:zlib'
import { ERROR, KafkaError } from '../wire/error-code.ts'
import { BATCH_HEADER_BYTES, readBatchHeader, recordBytes, sealBatch, writeBatchHeader } from './record-batch.ts'
import type { BatchHeader } from './record-batch.ts'

export interface LogRecord {
  readonly offset: number
  readonly key: Buffer | null
  readonly value: Buffer | null
}

export const COMPRESSION = { none: 0, gzip: 1 } as const

/** A batch of a few hundred kilobytes must not become gigabytes. */
export const UNCOMPRESSED_BYTES_MAX: number = 128 * 1024 * 1024

/**
 * Throws INVALID_RECORD unless the batch holds as many records as its header says, numbered from zero without a gap, and
 * nothing after them: whoever reads it later must be able to.
 */
export function checkRecords(batch: Buffer, header: BatchHeader): void {
  const cursor = new RecordCursor(uncompressedRecords(batch, header))
  for (let index = 0; index < header.recordCount; index++) {
    const length = cursor.varint()
    const end = cursor.position + length
    cursor.skip(1)
    cursor.varlong()
    if (cursor.varint() !== index) throw invalid('offsets inside a batch must follow one another')
    cursor.skipTo(end)
  }
  if (!cursor.isAtEnd) throw invalid('there are bytes after the last record')
}

export function readRecords(batch: Buffer): LogRecord[] {
  const header = readBatchHeader(batch)
  const cursor = new RecordCursor(uncompressedRecords(batch, header))
  const records: LogRecord[] = []
  for (let index = 0; index < header.recordCount; index++) {
    const length = cursor.varint()
    const end = cursor.position + length
    cursor.skip(1)
    cursor.varlong()
    const offset = header.baseOffset + cursor.varint()
    records.push({ offset, key: cursor.bytes(), value: cursor.bytes() })
    cursor.skipTo(end)
  }
  return records
}

/** An uncompressed batch of a broker's own records; the log gives it its place. */
export function buildBatch(
  records: readonly { readonly key: Buffer; readonly value: Buffer | null }[],
  timestampMs: number,
): Buffer {
  const parts: Buffer[] = [Buffer.alloc(BATCH_HEADER_BYTES)]
  for (const [index, { key, value }] of records.entries()) {
    const body = Buffer.concat([
      Buffer.from([0]),
      varint(0),
      varint(index),
      varint(key.length),
      key,
      varint(value === null ? -1 : value.length),
      value ?? Buffer.alloc(0),
      varint(0),
    ])
    parts.push(varint(body.length), body)
  }
  const batch = Buffer.concat(parts)
  writeBatchHeader(batch, { recordCount: records.length, timestampMs })
  sealBatch(batch)
  return batch
}

function uncompressedRecords(batch: Buffer, header: BatchHeader): Buffer {
  const bytes = recordBytes(batch)
  switch (header.compression) {
    case COMPRESSION.none:
      return bytes
    case COMPRESSION.gzip:
      try {
        return gunzipSync(bytes, { maxOutputLength: UNCOMPRESSED_BYTES_MAX })
      } catch {
        throw new KafkaError(ERROR.CORRUPT_MESSAGE, 'the records are not gzip')
      }
    default:
      throw new KafkaError(ERROR.UNSUPPORTED_COMPRESSION_TYPE)
  }
}

/** Zigzag, seven bits a byte, lowest first. */
function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  bytes.push(rest)
  return Buffer.from(bytes)
}

class RecordCursor {
  readonly #bytes: Buffer
  position = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.position === this.#bytes.length
  }

  varint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte()
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
    }
    throw invalid('a number is too long')
  }

  /** Its value does not matter here. */
  varlong(): void {
    for (let length = 0; length < 10; length++) if (this.#byte() < 0x80) return
    throw invalid('a number is too long')
  }

  bytes(): Buffer | null {
    const length = this.varint()
    if (length < 0) return null
    const start = this.position
    this.skip(length)
    return this.#bytes.subarray(start, start + length)
  }

  skip(length: number): void {
    this.skipTo(this.position + length)
  }

  skipTo(position: number): void {
    if (position < this.position || position > this.#bytes.length) throw invalid('a record ends outside of its batch')
    this.position = position
  }

  #byte(): number {
    const byte = this.#bytes[this.position++]
    if (byte === undefined) throw invalid('a record is cut off')
    return byte
  }
}

function invalid(message: string): KafkaError {
  return new KafkaError(ERROR.INVALID_RECORD, message)
}
