// ListOffsets: the first offset, the high watermark, or the first offset at or after a time.

import type { WireReader } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'

export const LATEST_TIMESTAMP = -1
export const EARLIEST_TIMESTAMP = -2

export interface ListOffsetsRequest {
  readonly topics: readonly {
    readonly topic: string
    readonly partitions: readonly {
      readonly partition: number
      readonly currentLeaderEpoch: number
      readonly timestamp: number
    }[]
  }[]
}

export interface ListedOffset {
  readonly partition: number
  readonly error: number
  readonly timestamp: number
  readonly offset: number
  readonly leaderEpoch: number
}

export interface ListOffsetsResponse {
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly ListedOffset[] }[]
}

export function readListOffsets(reader: WireReader, version: number): ListOffsetsRequest {
  reader.i32()
  if (version >= 2) reader.i8()
  return {
    topics: reader.array(topic => ({
      topic: topic.string(),
      partitions: topic.array(partition => ({
        partition: partition.i32(),
        currentLeaderEpoch: version >= 4 ? partition.i32() : -1,
        timestamp: partition.i64(),
      })),
    })),
  }
}

export function writeListOffsets(writer: WireWriter, version: number, response: ListOffsetsResponse): void {
  if (version >= 2) writer.i32(0)
  writer.array(response.topics, (_, { topic, partitions }) => {
    writer.string(topic).array(partitions, (_, part) => {
      writer.i32(part.partition).i16(part.error).i64(part.timestamp).i64(part.offset)
      if (version >= 4) writer.i32(part.leaderEpoch)
    })
  })
}
