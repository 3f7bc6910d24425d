// What the controller decides, as records of a log. Whoever applies the same records in order knows the same cluster.

import { MalformedRequest } from '../wire/malformed-request.ts'
import type { WireReader } from '../wire/wire-reader.ts'
import { readI32 } from '../wire/wire-reader.ts'
import type { WireWriter } from '../wire/wire-writer.ts'
import { writeI32 } from '../wire/wire-writer.ts'

/** A broker's process has registered: a new incarnation, fenced until it has caught up. */
export interface BrokerRecord {
  readonly kind: 'broker'
  readonly id: number
  /** Grows with each registration. */
  readonly epoch: number
  readonly incarnation: string
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/** A fenced broker leads nothing, and clients are not told of it. */
export interface FenceRecord {
  readonly kind: 'fence'
  readonly id: number
  readonly epoch: number
  readonly isFenced: boolean
}

export interface TopicRecord {
  readonly kind: 'topic'
  readonly topic: string
  readonly configs: readonly { readonly name: string; readonly value: string }[]
}

/** All that is decided about a partition; each replaces the one before. */
export interface PartitionRecord {
  readonly kind: 'partition'
  readonly topic: string
  readonly partition: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  /** −1: none. */
  readonly leader: number
  /** Grows with each change of the leader. */
  readonly leaderEpoch: number
  /** Grows with each change of anything. */
  readonly partitionEpoch: number
}

/** Producer ids below this have been handed out. */
export interface ProducerIdsRecord {
  readonly kind: 'producer-ids'
  readonly nextId: number
}

export type MetadataRecord = BrokerRecord | FenceRecord | TopicRecord | PartitionRecord | ProducerIdsRecord

export const NO_LEADER = -1

const KINDS = ['broker', 'fence', 'topic', 'partition', 'producer-ids'] as const

export function writeMetadataRecord(writer: WireWriter, record: MetadataRecord): void {
  writer.i8(KINDS.indexOf(record.kind))
  switch (record.kind) {
    case 'broker':
      writer.i32(record.id).i64(record.epoch).string(record.incarnation)
      writer.string(record.host).i32(record.port).nullableString(record.rack)
      return
    case 'fence':
      writer.i32(record.id).i64(record.epoch).boolean(record.isFenced)
      return
    case 'topic':
      writer.string(record.topic)
      writer.array(record.configs, (_, { name, value }) => void writer.string(name).string(value))
      return
    case 'partition':
      writer.string(record.topic).i32(record.partition)
      writer.array(record.replicas, writeI32).array(record.isr, writeI32)
      writer.i32(record.leader).i32(record.leaderEpoch).i32(record.partitionEpoch)
      return
    case 'producer-ids':
      writer.i64(record.nextId)
      return
  }
}

export function readMetadataRecord(reader: WireReader): MetadataRecord {
  const kind = KINDS[reader.i8()]
  switch (kind) {
    case 'broker':
      return {
        kind,
        id: reader.i32(),
        epoch: reader.i64(),
        incarnation: reader.string(),
        host: reader.string(),
        port: reader.i32(),
        rack: reader.nullableString(),
      }
    case 'fence':
      return { kind, id: reader.i32(), epoch: reader.i64(), isFenced: reader.boolean() }
    case 'topic':
      return {
        kind,
        topic: reader.string(),
        configs: reader.array(each => ({ name: each.string(), value: each.string() })),
      }
    case 'partition':
      return {
        kind,
        topic: reader.string(),
        partition: reader.i32(),
        replicas: reader.array(readI32),
        isr: reader.array(readI32),
        leader: reader.i32(),
        leaderEpoch: reader.i32(),
        partitionEpoch: reader.i32(),
      }
    case 'producer-ids':
      return { kind, nextId: reader.i64() }
    default:
      throw new MalformedRequest('a metadata record of no known kind')
  }
}
