// OffsetCommit: how far a group has come.

import type { WireReader } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'

export interface CommittedPartition {
  readonly partition: number
  readonly offset: number
  readonly leaderEpoch: number
  readonly metadata: string | null
}

export interface OffsetCommitRequest {
  readonly groupId: string
  /** −1 with an empty member id: a consumer without a group membership. */
  readonly generationId: number
  readonly memberId: string
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly CommittedPartition[] }[]
}

export interface OffsetCommitResponse {
  readonly topics: readonly {
    readonly topic: string
    readonly partitions: readonly { readonly partition: number; readonly error: number }[]
  }[]
}

export function readOffsetCommit(reader: WireReader, version: number): OffsetCommitRequest {
  const groupId = reader.string()
  const generationId = reader.i32()
  const memberId = reader.string()
  if (version >= 7) reader.nullableString()
  if (version <= 4) reader.i64()
  const topics = reader.array(topic => ({
    topic: topic.string(),
    partitions: topic.array(partition => ({
      partition: partition.i32(),
      offset: partition.i64(),
      leaderEpoch: version >= 6 ? partition.i32() : -1,
      metadata: partition.nullableString(),
    })),
  }))
  return { groupId, generationId, memberId, topics }
}

export function writeOffsetCommit(writer: WireWriter, version: number, response: OffsetCommitResponse): void {
  if (version >= 3) writer.i32(0)
  writer.array(response.topics, (_, { topic, partitions }) => {
    writer.string(topic).array(partitions, (_, part) => void writer.i32(part.partition).i16(part.error))
  })
}
