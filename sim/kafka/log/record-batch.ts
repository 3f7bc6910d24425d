// Record batches of format 2: the header that a broker reads and writes. The records inside are passed through.

import CRC32C from 'crc-32/crc32c.js'
import { bufferOver } from '../wire/frames.ts'

/** Where the fields are, in bytes from the batch's start. */
const BASE_OFFSET = 0
const LENGTH = 8
const LEADER_EPOCH = 12
const MAGIC = 16
const CRC = 17
const ATTRIBUTES = 21
const LAST_OFFSET_DELTA = 23
const FIRST_TIMESTAMP = 27
const MAX_TIMESTAMP = 35
const PRODUCER_ID = 43
const PRODUCER_EPOCH = 51
const FIRST_SEQUENCE = 53
const RECORD_COUNT = 57

export const BATCH_HEADER_BYTES = 61

/** The offset and the length are not counted by the length. */
const LENGTH_COUNTS_FROM = LEADER_EPOCH

const MAGIC_2 = 2
const COMPRESSION_MASK = 0x07
const LOG_APPEND_TIME_FLAG = 0x08
const TRANSACTIONAL_FLAG = 0x10
const CONTROL_FLAG = 0x20

export const NO_PRODUCER_ID = -1

export interface BatchHeader {
  readonly baseOffset: number
  readonly lastOffset: number
  /** Of the whole batch, header and all. */
  readonly size: number
  readonly leaderEpoch: number
  readonly compression: number
  readonly isAppendTime: boolean
  readonly isTransactional: boolean
  readonly isControl: boolean
  readonly firstTimestamp: number
  readonly maxTimestamp: number
  readonly producerId: number
  readonly producerEpoch: number
  readonly firstSequence: number
  readonly recordCount: number
}

/** How long the batch at `position` says it is; undefined if even that cannot be read, or is absurd. */
export function batchSizeAt(bytes: Buffer, position: number): number | undefined {
  if (position + BATCH_HEADER_BYTES > bytes.length) return undefined
  const size = LENGTH_COUNTS_FROM + bytes.readInt32BE(position + LENGTH)
  return size >= BATCH_HEADER_BYTES && position + size <= bytes.length ? size : undefined
}

/** `batch` is one whole batch. */
export function readBatchHeader(batch: Buffer): BatchHeader {
  const baseOffset = readI64(batch, BASE_OFFSET)
  const attributes = batch.readInt16BE(ATTRIBUTES)
  return {
    baseOffset,
    lastOffset: baseOffset + batch.readInt32BE(LAST_OFFSET_DELTA),
    size: batch.length,
    leaderEpoch: batch.readInt32BE(LEADER_EPOCH),
    compression: attributes & COMPRESSION_MASK,
    isAppendTime: (attributes & LOG_APPEND_TIME_FLAG) !== 0,
    isTransactional: (attributes & TRANSACTIONAL_FLAG) !== 0,
    isControl: (attributes & CONTROL_FLAG) !== 0,
    firstTimestamp: readI64(batch, FIRST_TIMESTAMP),
    maxTimestamp: readI64(batch, MAX_TIMESTAMP),
    producerId: readI64(batch, PRODUCER_ID),
    producerEpoch: batch.readInt16BE(PRODUCER_EPOCH),
    firstSequence: batch.readInt32BE(FIRST_SEQUENCE),
    recordCount: batch.readInt32BE(RECORD_COUNT),
  }
}

export function isFormat2(batch: Buffer): boolean {
  return batch.readInt8(MAGIC) === MAGIC_2
}

export function isIntact(batch: Buffer): boolean {
  return batch.readUInt32BE(CRC) === checksumOf(batch)
}

/** Neither field is under the checksum: a leader sets both without looking at the records. */
export function stampPosition(batch: Buffer, baseOffset: number, leaderEpoch: number): void {
  writeI64(batch, BASE_OFFSET, baseOffset)
  batch.writeInt32BE(leaderEpoch, LEADER_EPOCH)
}

/** All its records get this time. */
export function stampAppendTime(batch: Buffer, epochMs: number): void {
  batch.writeInt16BE(batch.readInt16BE(ATTRIBUTES) | LOG_APPEND_TIME_FLAG, ATTRIBUTES)
  writeI64(batch, MAX_TIMESTAMP, epochMs)
  sealBatch(batch)
}

/** Writes length and checksum of a batch whose other bytes are final. */
export function sealBatch(batch: Buffer): void {
  batch.writeInt32BE(batch.length - LENGTH_COUNTS_FROM, LENGTH)
  batch.writeUInt32BE(checksumOf(batch), CRC)
}

/** For batches that the broker itself makes. Offset, epoch, length and checksum are still to be set. */
export function writeBatchHeader(
  batch: Buffer,
  fields: { readonly recordCount: number; readonly timestampMs: number },
): void {
  batch.writeInt8(MAGIC_2, MAGIC)
  batch.writeInt16BE(0, ATTRIBUTES)
  batch.writeInt32BE(fields.recordCount - 1, LAST_OFFSET_DELTA)
  writeI64(batch, FIRST_TIMESTAMP, fields.timestampMs)
  writeI64(batch, MAX_TIMESTAMP, fields.timestampMs)
  writeI64(batch, PRODUCER_ID, NO_PRODUCER_ID)
  batch.writeInt16BE(-1, PRODUCER_EPOCH)
  batch.writeInt32BE(-1, FIRST_SEQUENCE)
  batch.writeInt32BE(fields.recordCount, RECORD_COUNT)
}

/** The records of a batch as they stand in it, compressed or not. */
export function recordBytes(batch: Buffer): Buffer {
  return batch.subarray(BATCH_HEADER_BYTES)
}

/** Whole batches of `bytes`, one after another, up to the first that is cut off. */
export function* batchesIn(bytes: Uint8Array): Generator<Buffer> {
  const buffer = bufferOver(bytes)
  for (let position = 0; ;) {
    const size = batchSizeAt(buffer, position)
    if (size === undefined) return
    yield buffer.subarray(position, position + size)
    position += size
  }
}

function checksumOf(batch: Buffer): number {
  return CRC32C.buf(batch.subarray(ATTRIBUTES), 0) >>> 0
}

function readI64(bytes: Buffer, position: number): number {
  return bytes.readInt32BE(position) * 0x1_0000_0000 + bytes.readUInt32BE(position + 4)
}

function writeI64(bytes: Buffer, position: number, value: number): void {
  const high = Math.floor(value / 0x1_0000_0000)
  bytes.writeInt32BE(high, position)
  bytes.writeUInt32BE(value - high * 0x1_0000_0000, position + 4)
}
