// The index at the end of a sorted file: which partitions it holds, where, and what else one has to know of the file.
//
//   partitions in the order of their places | index | length of the index, its checksum, magic

import { crc32 } from 'node:zlib'
import { ByteReader } from '../wire/byte-reader.ts'
import { ByteWriter } from '../wire/byte-writer.ts'
import type { Place } from './place.ts'
import { StorageError } from './storage-error.ts'

export interface SortedFileIndex {
  readonly places: readonly Place[]
  /** By partition: its first byte, how many there are, and their checksum. */
  readonly positions: readonly number[]
  readonly lengths: readonly number[]
  readonly checksums: readonly number[]
  /** No timestamp in the file is smaller. */
  readonly oldestMicros: bigint
  /** The numbers of the files that this one was merged from: where it is, they are rubbish. */
  readonly replaces: readonly number[]
}

export function writeIndex(index: SortedFileIndex): Buffer {
  const writer = new ByteWriter(64 + index.places.length * ENTRY_BYTES_TYPICAL)
  writer.i64(index.oldestMicros).u32(index.replaces.length)
  for (const number of index.replaces) writer.u32(number)
  writer.u32(index.places.length)
  for (const [slot, place] of index.places.entries()) {
    const position = index.positions[slot] ?? 0
    writer
      .binary(place)
      .u16(Math.floor(position / WORD))
      .u32(position % WORD)
    writer.u32(index.lengths[slot] ?? 0).u32(index.checksums[slot] ?? 0)
  }
  const checksum = crc32(writer.since(0))
  return writer.u32(writer.length).u32(checksum).u32(MAGIC).finish()
}

/** How many bytes before the end of the file the index starts. Throws if the file does not end as a sorted file does. */
export function indexBytes(path: string, end: Buffer): number {
  const foot = end.length - FOOT_BYTES
  if (foot < 0 || end.readUInt32BE(foot + 8) !== MAGIC) throw damagedIndex(path)
  return end.readUInt32BE(foot) + FOOT_BYTES
}

/** `bytes` are those of the file from the index on. */
export function readIndex(path: string, bytes: Buffer): SortedFileIndex {
  const foot = bytes.length - FOOT_BYTES
  const body = bytes.subarray(0, foot)
  if (crc32(body) !== bytes.readUInt32BE(foot + 4)) throw damagedIndex(path)
  const reader = new ByteReader(body)
  const oldestMicros = reader.i64()
  const replaces: number[] = []
  for (let left = reader.count(4); left > 0; left--) replaces.push(reader.u32())
  const places: Place[] = []
  const positions: number[] = []
  const lengths: number[] = []
  const checksums: number[] = []
  for (let left = reader.count(ENTRY_BYTES_MIN); left > 0; left--) {
    places.push(reader.binary())
    positions.push(reader.u16() * WORD + reader.u32())
    lengths.push(reader.u32())
    checksums.push(reader.u32())
  }
  return { places, positions, lengths, checksums, oldestMicros, replaces }
}

function damagedIndex(path: string): StorageError {
  return new StorageError('corrupt', `the index of ${path} is damaged`)
}

export const FOOT_BYTES = 12
const MAGIC = 0xf5ec0d02
const WORD = 2 ** 32
const ENTRY_BYTES_MIN = 16
const ENTRY_BYTES_TYPICAL = 48
