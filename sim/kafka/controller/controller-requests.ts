// What brokers ask of the controller.

import { readMetadataRecord, writeMetadataRecord } from '../metadata/metadata-record.ts'
import type { BrokerRecord, MetadataRecord } from '../metadata/metadata-record.ts'
import type { WireReader } from '../wire/wire-reader.ts'
import { readI32 } from '../wire/wire-reader.ts'
import type { WireWriter } from '../wire/wire-writer.ts'
import { writeI32 } from '../wire/wire-writer.ts'

export type Registration = Omit<BrokerRecord, 'kind' | 'epoch'>

export interface RegistrationAnswer {
  readonly error: number
  readonly epoch: number
}

export function writeRegistration(writer: WireWriter, broker: Registration): void {
  writer.i32(broker.id).string(broker.incarnation).string(broker.host).i32(broker.port).nullableString(broker.rack)
}

export function readRegistration(reader: WireReader): Registration {
  return {
    id: reader.i32(),
    incarnation: reader.string(),
    host: reader.string(),
    port: reader.i32(),
    rack: reader.nullableString(),
  }
}

export function writeRegistrationAnswer(writer: WireWriter, answer: RegistrationAnswer): void {
  writer.i16(answer.error).i64(answer.epoch)
}

export function readRegistrationAnswer(reader: WireReader): RegistrationAnswer {
  return { error: reader.i16(), epoch: reader.i64() }
}

export interface BrokerHeartbeat {
  readonly id: number
  readonly epoch: number
  /** How many metadata records it has applied. */
  readonly metadataOffset: number
}

export interface BrokerHeartbeatAnswer {
  readonly error: number
  readonly isFenced: boolean
}

export function writeBrokerHeartbeat(writer: WireWriter, heartbeat: BrokerHeartbeat): void {
  writer.i32(heartbeat.id).i64(heartbeat.epoch).i64(heartbeat.metadataOffset)
}

export function readBrokerHeartbeat(reader: WireReader): BrokerHeartbeat {
  return { id: reader.i32(), epoch: reader.i64(), metadataOffset: reader.i64() }
}

export function writeBrokerHeartbeatAnswer(writer: WireWriter, answer: BrokerHeartbeatAnswer): void {
  writer.i16(answer.error).boolean(answer.isFenced)
}

export function readBrokerHeartbeatAnswer(reader: WireReader): BrokerHeartbeatAnswer {
  return { error: reader.i16(), isFenced: reader.boolean() }
}

export interface MetadataFetch {
  /** The first record that is wanted. */
  readonly offset: number
  /** How long to wait for one. */
  readonly waitMaxMs: number
}

export function writeMetadataFetch(writer: WireWriter, fetch: MetadataFetch): void {
  writer.i64(fetch.offset).i32(fetch.waitMaxMs)
}

export function readMetadataFetch(reader: WireReader): MetadataFetch {
  return { offset: reader.i64(), waitMaxMs: reader.i32() }
}

export function writeMetadataRecords(writer: WireWriter, records: readonly MetadataRecord[]): void {
  writer.array(records, writeMetadataRecord)
}

export function readMetadataRecords(reader: WireReader): readonly MetadataRecord[] {
  return reader.array(readMetadataRecord)
}

/** A leader proposes another in-sync set. */
export interface IsrProposal {
  readonly topic: string
  readonly partition: number
  readonly leaderEpoch: number
  readonly partitionEpoch: number
  readonly isr: readonly { readonly id: number; readonly epoch: number }[]
}

export interface AlterPartition {
  readonly id: number
  readonly epoch: number
  readonly proposals: readonly IsrProposal[]
}

export interface IsrVerdict {
  readonly topic: string
  readonly partition: number
  readonly error: number
  readonly leaderEpoch: number
  readonly partitionEpoch: number
  readonly isr: readonly number[]
}

export function writeAlterPartition(writer: WireWriter, request: AlterPartition): void {
  writer
    .i32(request.id)
    .i64(request.epoch)
    .array(request.proposals, (_, each) => {
      writer.string(each.topic).i32(each.partition).i32(each.leaderEpoch).i32(each.partitionEpoch)
      writer.array(each.isr, (_, { id, epoch }) => void writer.i32(id).i64(epoch))
    })
}

export function readAlterPartition(reader: WireReader): AlterPartition {
  return {
    id: reader.i32(),
    epoch: reader.i64(),
    proposals: reader.array(each => ({
      topic: each.string(),
      partition: each.i32(),
      leaderEpoch: each.i32(),
      partitionEpoch: each.i32(),
      isr: each.array(replica => ({ id: replica.i32(), epoch: replica.i64() })),
    })),
  }
}

export function writeIsrVerdicts(writer: WireWriter, verdicts: readonly IsrVerdict[]): void {
  writer.array(verdicts, (_, each) => {
    writer.string(each.topic).i32(each.partition).i16(each.error)
    writer.i32(each.leaderEpoch).i32(each.partitionEpoch).array(each.isr, writeI32)
  })
}

export function readIsrVerdicts(reader: WireReader): readonly IsrVerdict[] {
  return reader.array(each => ({
    topic: each.string(),
    partition: each.i32(),
    error: each.i16(),
    leaderEpoch: each.i32(),
    partitionEpoch: each.i32(),
    isr: each.array(readI32),
  }))
}

/** A range of producer ids that nobody else gets. */
export interface ProducerIdBlock {
  readonly error: number
  readonly firstId: number
  readonly count: number
}

export function writeProducerIdBlock(writer: WireWriter, block: ProducerIdBlock): void {
  writer.i16(block.error).i64(block.firstId).i32(block.count)
}

export function readProducerIdBlock(reader: WireReader): ProducerIdBlock {
  return { error: reader.i16(), firstId: reader.i64(), count: reader.i32() }
}
