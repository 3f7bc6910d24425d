// OffsetFetch: where a group goes on.

import type { WireReader } from './wire-reader.ts'
import { readI32 } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'

export interface OffsetFetchRequest {
  readonly groupId: string
  /** Null: all that the group has committed. */
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[] | null
}

export interface OffsetFetchResponse {
  readonly error: number
  readonly topics: readonly {
    readonly topic: string
    readonly partitions: readonly {
      readonly partition: number
      /** −1: nothing was committed. */
      readonly offset: number
      readonly leaderEpoch: number
      readonly metadata: string | null
    }[]
  }[]
}

export function readOffsetFetch(reader: WireReader, version: number): OffsetFetchRequest {
  const groupId = reader.string()
  const readTopic = (topic: WireReader): { topic: string; partitions: number[] } => ({
    topic: topic.string(),
    partitions: topic.array(readI32),
  })
  return { groupId, topics: version >= 2 ? reader.nullableArray(readTopic) : reader.array(readTopic) }
}

/** Below version 2 there is no place for an error but in each partition. */
export function writeOffsetFetch(writer: WireWriter, version: number, response: OffsetFetchResponse): void {
  if (version >= 3) writer.i32(0)
  writer.array(response.topics, (_, { topic, partitions }) => {
    writer.string(topic).array(partitions, (_, part) => {
      writer.i32(part.partition).i64(part.offset)
      if (version >= 5) writer.i32(part.leaderEpoch)
      writer.nullableString(part.metadata).i16(response.error)
    })
  })
  if (version >= 2) writer.i16(response.error)
}
