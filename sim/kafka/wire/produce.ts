// Produce: record batches for partitions.

import type { WireReader } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'

export interface ProduceRequest {
  readonly transactionalId: string | null
  readonly acks: number
  readonly timeoutMs: number
  readonly topics: readonly {
    readonly topic: string
    readonly partitions: readonly { readonly partition: number; readonly records: Buffer | null }[]
  }[]
}

export interface ProducedPartition {
  readonly partition: number
  readonly error: number
  /** −1 with an error. */
  readonly baseOffset: number
  /** −1 unless the topic's time stamps are append times. */
  readonly logAppendTimeMs: number
  readonly logStartOffset: number
}

export interface ProduceResponse {
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly ProducedPartition[] }[]
}

export function readProduce(reader: WireReader): ProduceRequest {
  return {
    transactionalId: reader.nullableString(),
    acks: reader.i16(),
    timeoutMs: reader.i32(),
    topics: reader.array(topic => ({
      topic: topic.string(),
      partitions: topic.array(partition => ({ partition: partition.i32(), records: partition.nullableBytes() })),
    })),
  }
}

export function writeProduce(writer: WireWriter, version: number, response: ProduceResponse): void {
  writer.array(response.topics, (_, { topic, partitions }) => {
    writer.string(topic).array(partitions, (_, part) => {
      writer.i32(part.partition).i16(part.error).i64(part.baseOffset).i64(part.logAppendTimeMs)
      if (version >= 5) writer.i64(part.logStartOffset)
      if (version >= 8) writer.i32(0).nullableString(null)
    })
  })
  writer.i32(0)
}
