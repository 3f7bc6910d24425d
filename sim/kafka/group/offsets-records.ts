// The records of __consumer_offsets, in Kafka's own form: committed offsets, and the last agreed generation of each group.

import { MalformedRequest } from '../wire/malformed-request.ts'
import { WireReader } from '../wire/wire-reader.ts'
import { WireWriter } from '../wire/wire-writer.ts'
import type { GroupSnapshot } from './group.ts'
import type { Member } from './member.ts'

export interface CommittedOffset {
  readonly offset: number
  readonly leaderEpoch: number
  readonly metadata: string
  readonly committedAtMs: number
}

export type OffsetsRecord =
  | {
      readonly kind: 'offset'
      readonly groupId: string
      readonly topic: string
      readonly partition: number
      /** Undefined: forgotten. */
      readonly committed: CommittedOffset | undefined
    }
  | {
      readonly kind: 'group'
      readonly groupId: string
      /** Undefined: forgotten. */
      readonly snapshot: GroupSnapshot | undefined
    }

const OFFSET_KEY_VERSION = 1
const GROUP_KEY_VERSION = 2
const VALUE_VERSION = 3

export interface KeyValue {
  readonly key: Buffer
  readonly value: Buffer | null
}

export function offsetRecord(
  place: { readonly groupId: string; readonly topic: string; readonly partition: number },
  committed: CommittedOffset,
): KeyValue {
  const key = new WireWriter(64).i16(OFFSET_KEY_VERSION).string(place.groupId)
  key.string(place.topic).i32(place.partition)
  const value = new WireWriter(64).i16(VALUE_VERSION).i64(committed.offset).i32(committed.leaderEpoch)
  value.string(committed.metadata).i64(committed.committedAtMs)
  return { key: key.finish(), value: value.finish() }
}

export function groupRecord(groupId: string, snapshot: GroupSnapshot, nowMs: number): KeyValue {
  const key = new WireWriter(64).i16(GROUP_KEY_VERSION).string(groupId)
  const value = new WireWriter().i16(VALUE_VERSION).string(snapshot.protocolType).i32(snapshot.generation)
  value.nullableString(snapshot.protocolName).nullableString(snapshot.leaderId).i64(nowMs)
  value.array(snapshot.members, (writer, member) => {
    const protocol = member.protocols.find(({ name }) => name === snapshot.protocolName)
    writer.string(member.memberId).nullableString(member.groupInstanceId)
    writer.string(member.clientId).string(member.clientHost)
    writer.i32(member.rebalanceTimeoutMs).i32(member.sessionTimeoutMs)
    writer.bytes(protocol?.metadata ?? Buffer.alloc(0)).bytes(member.assignment)
  })
  return { key: key.finish(), value: value.finish() }
}

/** Undefined for a record of a kind that this version does not know. */
export function readOffsetsRecord({
  key,
  value,
}: {
  key: Buffer | null
  value: Buffer | null
}): OffsetsRecord | undefined {
  if (key === null) return undefined
  const reader = new WireReader(key)
  const version = reader.i16()
  if (version === GROUP_KEY_VERSION) {
    const groupId = reader.string()
    return { kind: 'group', groupId, snapshot: value === null ? undefined : readSnapshot(new WireReader(value)) }
  }
  if (version > OFFSET_KEY_VERSION) return undefined
  const groupId = reader.string()
  const topic = reader.string()
  const partition = reader.i32()
  return { kind: 'offset', groupId, topic, partition, committed: value === null ? undefined : readCommitted(value) }
}

function readCommitted(value: Buffer): CommittedOffset {
  const reader = new WireReader(value)
  checkVersion(reader.i16())
  return {
    offset: reader.i64(),
    leaderEpoch: reader.i32(),
    metadata: reader.string(),
    committedAtMs: reader.i64(),
  }
}

function readSnapshot(reader: WireReader): GroupSnapshot {
  checkVersion(reader.i16())
  const protocolType = reader.string()
  const generation = reader.i32()
  const protocolName = reader.nullableString()
  const leaderId = reader.nullableString()
  reader.i64()
  const members = reader.array(each => readMember(each, protocolName ?? ''))
  return { protocolType, generation, protocolName, leaderId, members }
}

function readMember(reader: WireReader, protocolName: string): Member {
  return {
    memberId: reader.string(),
    groupInstanceId: reader.nullableString(),
    clientId: reader.string(),
    clientHost: reader.string(),
    rebalanceTimeoutMs: reader.i32(),
    sessionTimeoutMs: reader.i32(),
    protocols: [{ name: protocolName, metadata: reader.bytes() }],
    assignment: reader.bytes(),
    lastSeenMs: 0,
  }
}

function checkVersion(version: number): void {
  if (version !== VALUE_VERSION) throw new MalformedRequest(`an offsets record of version ${version}`)
}
