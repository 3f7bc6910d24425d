// ReplicaFetch: a follower asks its leader for what comes next, in a session: a partition is named only when there is
// something new to say about it, so that an idle fetch is a few bytes.

import type { WireReader } from '../wire/wire-reader.ts'
import type { WireWriter } from '../wire/wire-writer.ts'

export interface ReplicaFetchPartition {
  readonly topic: string
  readonly partition: number
  readonly leaderEpoch: number
  readonly fetchOffset: number
  /** The epoch of the follower's last batch: the leader sees from it whether their logs part before that offset. */
  readonly lastFetchedEpoch: number
}

export interface ReplicaFetchRequest {
  readonly replicaId: number
  readonly brokerEpoch: number
  /** 0: a new session. */
  readonly sessionId: number
  readonly waitMaxMs: number
  readonly bytesMax: number
  readonly partitions: readonly ReplicaFetchPartition[]
  readonly forgotten: readonly { readonly topic: string; readonly partition: number }[]
}

export interface ReplicaFetchedPartition {
  readonly topic: string
  readonly partition: number
  readonly error: number
  readonly highWatermark: number
  readonly logEndOffset: number
  /** The leader's largest epoch that is not above the follower's (−1: none), and its end; −1 there: the logs do not part. */
  readonly divergingEpoch: number
  readonly divergingEndOffset: number
  readonly records: readonly Uint8Array[]
}

export interface ReplicaFetchResponse {
  readonly error: number
  readonly sessionId: number
  readonly partitions: readonly ReplicaFetchedPartition[]
}

export function writeReplicaFetch(writer: WireWriter, request: ReplicaFetchRequest): void {
  writer.i32(request.replicaId).i64(request.brokerEpoch).i32(request.sessionId)
  writer.i32(request.waitMaxMs).i32(request.bytesMax)
  writer.array(request.partitions, (_, each) => {
    writer.string(each.topic).i32(each.partition)
    writer.i32(each.leaderEpoch).i64(each.fetchOffset).i32(each.lastFetchedEpoch)
  })
  writer.array(request.forgotten, (_, each) => void writer.string(each.topic).i32(each.partition))
}

export function readReplicaFetch(reader: WireReader): ReplicaFetchRequest {
  return {
    replicaId: reader.i32(),
    brokerEpoch: reader.i64(),
    sessionId: reader.i32(),
    waitMaxMs: reader.i32(),
    bytesMax: reader.i32(),
    partitions: reader.array(each => ({
      topic: each.string(),
      partition: each.i32(),
      leaderEpoch: each.i32(),
      fetchOffset: each.i64(),
      lastFetchedEpoch: each.i32(),
    })),
    forgotten: reader.array(each => ({ topic: each.string(), partition: each.i32() })),
  }
}

export function writeReplicaFetched(writer: WireWriter, response: ReplicaFetchResponse): void {
  writer
    .i16(response.error)
    .i32(response.sessionId)
    .array(response.partitions, (_, each) => {
      writer.string(each.topic).i32(each.partition).i16(each.error).i64(each.highWatermark).i64(each.logEndOffset)
      writer
        .i32(each.divergingEpoch)
        .i64(each.divergingEndOffset)
        .array(each.records, (_, batch) => {
          writer.bytes(batch)
        })
    })
}

export function readReplicaFetched(reader: WireReader): ReplicaFetchResponse {
  return {
    error: reader.i16(),
    sessionId: reader.i32(),
    partitions: reader.array(each => ({
      topic: each.string(),
      partition: each.i32(),
      error: each.i16(),
      highWatermark: each.i64(),
      logEndOffset: each.i64(),
      divergingEpoch: each.i32(),
      divergingEndOffset: each.i64(),
      records: each.array(batch => batch.bytes()),
    })),
  }
}

/** For the writer's first guess. */
export function sizeOfFetched(response: ReplicaFetchResponse): number {
  let size = 64
  for (const { topic, records } of response.partitions) {
    size += topic.length + 64
    for (const batch of records) size += batch.length + 4
  }
  return size
}
