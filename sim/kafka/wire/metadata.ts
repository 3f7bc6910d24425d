// Metadata: which brokers there are, and who leads what.

import type { WireReader } from './wire-reader.ts'
import { readString } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'
import { writeI32 } from './wire-writer.ts'

export interface MetadataRequest {
  /** Null: all topics. */
  readonly topics: readonly string[] | null
  readonly allowAutoTopicCreation: boolean
}

export interface PartitionMetadata {
  readonly error: number
  readonly partition: number
  /** −1: none. */
  readonly leader: number
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  readonly offlineReplicas: readonly number[]
}

export interface MetadataResponse {
  readonly brokers: readonly {
    readonly id: number
    readonly host: string
    readonly port: number
    readonly rack: string | null
  }[]
  readonly clusterId: string
  readonly controllerId: number
  readonly topics: readonly {
    readonly error: number
    readonly topic: string
    readonly isInternal: boolean
    readonly partitions: readonly PartitionMetadata[]
  }[]
}

export function readMetadata(reader: WireReader, version: number): MetadataRequest {
  const topics = version === 0 ? reader.array(readString) : reader.nullableArray(readString)
  return {
    topics: version === 0 && topics?.length === 0 ? null : topics,
    allowAutoTopicCreation: version >= 4 ? reader.boolean() : true,
  }
}

export function writeMetadata(writer: WireWriter, version: number, response: MetadataResponse): void {
  if (version >= 3) writer.i32(0)
  writer.array(response.brokers, (_, broker) => {
    writer.i32(broker.id).string(broker.host).i32(broker.port)
    if (version >= 1) writer.nullableString(broker.rack)
  })
  if (version >= 2) writer.string(response.clusterId)
  if (version >= 1) writer.i32(response.controllerId)
  writer.array(response.topics, (_, topic) => {
    writer.i16(topic.error).string(topic.topic)
    if (version >= 1) writer.boolean(topic.isInternal)
    writer.array(topic.partitions, (_, partition) => writePartition(writer, version, partition))
    if (version >= 8) writer.i32(OPERATIONS_NOT_ASKED)
  })
  if (version >= 8) writer.i32(OPERATIONS_NOT_ASKED)
}

function writePartition(writer: WireWriter, version: number, partition: PartitionMetadata): void {
  writer.i16(partition.error).i32(partition.partition).i32(partition.leader)
  if (version >= 7) writer.i32(partition.leaderEpoch)
  writer.array(partition.replicas, writeI32).array(partition.isr, writeI32)
  if (version >= 5) writer.array(partition.offlineReplicas, writeI32)
}

const OPERATIONS_NOT_ASKED = -(2 ** 31)
