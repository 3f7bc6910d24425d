// Fetch, as consumers send it.

import type { WireReader } from './wire-reader.ts'
import { readI32 } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'

export interface FetchPartition {
  readonly partition: number
  /** −1: the consumer does not know. */
  readonly currentLeaderEpoch: number
  readonly fetchOffset: number
  readonly bytesMax: number
}

export interface FetchRequest {
  readonly replicaId: number
  readonly waitMaxMs: number
  readonly bytesMin: number
  readonly bytesMax: number
  readonly sessionId: number
  readonly sessionEpoch: number
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly FetchPartition[] }[]
}

export interface FetchedPartition {
  readonly partition: number
  readonly error: number
  readonly highWatermark: number
  readonly logStartOffset: number
  /** Whole batches, one after another. */
  readonly records: readonly Uint8Array[]
}

export interface FetchResponse {
  readonly error: number
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly FetchedPartition[] }[]
}

export function readFetch(reader: WireReader, version: number): FetchRequest {
  const replicaId = reader.i32()
  const waitMaxMs = reader.i32()
  const bytesMin = reader.i32()
  const bytesMax = reader.i32()
  reader.i8() // The isolation level: without transactions every record below the high watermark is stable.
  const sessionId = version >= 7 ? reader.i32() : 0
  const sessionEpoch = version >= 7 ? reader.i32() : -1
  const topics = reader.array(topic => ({
    topic: topic.string(),
    partitions: topic.array(partition => readPartition(partition, version)),
  }))
  if (version >= 7) reader.array(forgotten => [forgotten.string(), forgotten.array(readI32)])
  if (version >= 11) reader.string()
  return { replicaId, waitMaxMs, bytesMin, bytesMax, sessionId, sessionEpoch, topics }
}

function readPartition(reader: WireReader, version: number): FetchPartition {
  const partition = reader.i32()
  const currentLeaderEpoch = version >= 9 ? reader.i32() : -1
  const fetchOffset = reader.i64()
  if (version >= 5) reader.i64()
  return { partition, currentLeaderEpoch, fetchOffset, bytesMax: reader.i32() }
}

export function writeFetch(writer: WireWriter, version: number, response: FetchResponse): void {
  writer.i32(0)
  if (version >= 7) writer.i16(response.error).i32(0)
  writer.array(response.topics, (_, { topic, partitions }) => {
    writer.string(topic).array(partitions, (_, part) => {
      writer.i32(part.partition).i16(part.error).i64(part.highWatermark).i64(part.highWatermark)
      if (version >= 5) writer.i64(part.logStartOffset)
      writer.i32(0)
      if (version >= 11) writer.i32(-1)
      writeBatches(writer, part.records)
    })
  })
}

export function writeBatches(writer: WireWriter, batches: readonly Uint8Array[]): void {
  let size = 0
  for (const batch of batches) size += batch.length
  writer.i32(size)
  for (const batch of batches) writer.raw(batch)
}
