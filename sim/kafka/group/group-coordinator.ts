// Looks after the groups whose partition of __consumer_offsets is led by this broker: takes them over from the log, keeps
// what they decide in it, and lets go when the leader is another.

import type { Clock, Timer } from '../../../system/runtime/clock.ts'
import type { Log } from '../../../system/runtime/log.ts'
import type { BrokerSettings } from '../broker/broker-settings.ts'
import { buildBatch } from '../log/records.ts'
import { appendAsLeader } from '../replication/append-as-leader.ts'
import type { Partition } from '../replication/partition.ts'
import { ERROR } from '../wire/error-code.ts'
import type { JoinGroupRequest, JoinGroupResponse } from '../wire/join-group.ts'
import type { OffsetCommitRequest, OffsetCommitResponse } from '../wire/offset-commit.ts'
import type { OffsetFetchRequest, OffsetFetchResponse } from '../wire/offset-fetch.ts'
import type { SyncGroupRequest, SyncGroupResponse } from '../wire/sync-group.ts'
import { Group, refusedJoin } from './group.ts'
import type { JoinContext } from './group.ts'
import { groupRecord, offsetRecord } from './offsets-records.ts'
import type { KeyValue, OffsetsRecord } from './offsets-records.ts'
import { OffsetsStore } from './offsets-store.ts'
import { readOffsetsLog } from './read-offsets-log.ts'

export interface GroupCoordinatorPorts {
  readonly clock: Clock
  readonly log: Log
  /** Of __consumer_offsets, the one that holds the group; undefined if it is not on this broker. */
  readonly partitionOf: (groupId: string) => Partition | undefined
  /** Whether there is such a partition in the cluster. */
  readonly isPartition: (topic: string, partition: number) => boolean
}

/** A partition of __consumer_offsets that is led here, in one leader epoch. */
interface Held {
  readonly partition: Partition
  readonly leaderEpoch: number
  readonly groups: Map<string, Group>
  readonly offsets: OffsetsStore
  isLoading: boolean
}

type Found = { readonly held: Held } | { readonly error: number }

export class GroupCoordinator {
  readonly #ports: GroupCoordinatorPorts
  readonly #settings: BrokerSettings
  readonly #held = new Map<Partition, Held>()
  #timer: Timer | undefined
  #timerAtMs = Infinity

  constructor(ports: GroupCoordinatorPorts, settings: BrokerSettings) {
    this.#ports = ports
    this.#settings = settings
  }

  /** The partition has got another leader, or another epoch of the same. */
  roleChanged(partition: Partition): void {
    const before = this.#held.get(partition)
    this.#held.delete(partition)
    if (before !== undefined) for (const group of before.groups.values()) group.abandon()
    if (partition.leader === undefined) return
    const held: Held = {
      partition,
      leaderEpoch: partition.leader.leaderEpoch,
      groups: new Map(),
      offsets: new OffsetsStore(),
      isLoading: true,
    }
    this.#held.set(partition, held)
    void this.#load(held)
  }

  join(request: JoinGroupRequest, context: JoinContext): Promise<JoinGroupResponse> {
    const { sessionTimeoutMs, memberId } = request
    const found = this.#find(request.groupId)
    if ('error' in found) return Promise.resolve(refusedJoin(found.error, memberId))
    const { groupMinSessionTimeoutMs: min, groupMaxSessionTimeoutMs: max } = this.#settings
    if (sessionTimeoutMs < min || sessionTimeoutMs > max) {
      return Promise.resolve(refusedJoin(ERROR.INVALID_SESSION_TIMEOUT, memberId))
    }
    const known = found.held.groups.get(request.groupId)
    if (known === undefined && memberId !== '') {
      return Promise.resolve(refusedJoin(ERROR.UNKNOWN_MEMBER_ID, memberId))
    }
    const group = known ?? this.#create(found.held, request.groupId)
    return new Promise(resolve => {
      group.join(request, context, resolve)
      this.#rearm(group)
    })
  }

  sync(request: SyncGroupRequest): Promise<SyncGroupResponse> {
    const refuse = (error: number): Promise<SyncGroupResponse> =>
      Promise.resolve({ error, assignment: Buffer.alloc(0) })
    const found = this.#find(request.groupId)
    if ('error' in found) return refuse(found.error)
    const group = found.held.groups.get(request.groupId)
    if (group === undefined) return refuse(ERROR.UNKNOWN_MEMBER_ID)
    return new Promise(resolve => {
      group.sync(request, this.#ports.clock.monotonicMs(), resolve)
      this.#rearm(group)
    })
  }

  heartbeat(request: { readonly groupId: string; readonly memberId: string; readonly generationId: number }): number {
    const found = this.#find(request.groupId)
    // While the log is read nothing is known of the member, and nothing bad is to be said of it.
    if ('error' in found) return found.error === ERROR.COORDINATOR_LOAD_IN_PROGRESS ? ERROR.NONE : found.error
    const group = found.held.groups.get(request.groupId)
    if (group === undefined) return ERROR.UNKNOWN_MEMBER_ID
    return group.heartbeat(request.memberId, request.generationId, this.#ports.clock.monotonicMs())
  }

  leave(groupId: string, memberId: string): number {
    const found = this.#find(groupId)
    if ('error' in found) return found.error
    const group = found.held.groups.get(groupId)
    if (group === undefined) return ERROR.UNKNOWN_MEMBER_ID
    const error = group.leave(memberId, this.#ports.clock.monotonicMs())
    this.#rearm(group)
    return error
  }

  async commitOffsets(request: OffsetCommitRequest): Promise<OffsetCommitResponse> {
    const all = (error: number): OffsetCommitResponse => ({
      topics: request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition }) => ({ partition, error })),
      })),
    })
    const found = this.#find(request.groupId)
    if ('error' in found) return all(found.error)
    const { held } = found
    const error = this.#commitError(held, request)
    if (error !== ERROR.NONE) return all(error)
    return this.#commit(held, request)
  }

  fetchOffsets(request: OffsetFetchRequest): OffsetFetchResponse {
    const { groupId } = request
    const found = this.#find(groupId)
    const error = 'error' in found ? found.error : ERROR.NONE
    const offsets = 'error' in found ? new OffsetsStore() : found.held.offsets
    const topics = (request.topics ?? offsets.topicsOf(groupId)).map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(partition => {
        const committed = offsets.get(groupId, topic, partition)
        return {
          partition,
          offset: committed?.offset ?? -1,
          leaderEpoch: committed?.leaderEpoch ?? -1,
          metadata: committed?.metadata ?? '',
        }
      }),
    }))
    return { error, topics }
  }

  /** The group, for those who only look; an error if another broker looks after it. */
  describe(groupId: string): { readonly group: Group | undefined } | { readonly error: number } {
    const found = this.#find(groupId)
    return 'error' in found ? found : { group: found.held.groups.get(groupId) }
  }

  *groups(): Generator<Group> {
    for (const { groups } of this.#held.values()) yield* groups.values()
  }

  stop(): void {
    this.#timer?.cancel()
    for (const group of this.groups()) group.abandon()
    this.#held.clear()
  }

  #find(groupId: string): Found {
    if (groupId === '') return { error: ERROR.INVALID_GROUP_ID }
    const partition = this.#ports.partitionOf(groupId)
    const held = partition === undefined ? undefined : this.#held.get(partition)
    if (held === undefined) return { error: ERROR.NOT_COORDINATOR }
    return held.isLoading ? { error: ERROR.COORDINATOR_LOAD_IN_PROGRESS } : { held }
  }

  #create(held: Held, groupId: string): Group {
    const settings = { initialRebalanceDelayMs: this.#settings.groupInitialRebalanceDelayMs }
    const group = new Group(groupId, settings, saving => void this.#save(held, saving))
    held.groups.set(groupId, group)
    return group
  }

  async #save(held: Held, group: Group): Promise<void> {
    const { generation } = group
    const record = groupRecord(group.groupId, group.snapshot, this.#ports.clock.wallMs())
    const error = await this.#append(held, [record])
    group.saved(generation, error, this.#ports.clock.monotonicMs())
    this.#rearm(group)
  }

  #commitError(held: Held, request: OffsetCommitRequest): number {
    const { groupId, memberId, generationId } = request
    const group = held.groups.get(groupId)
    if (group === undefined) return generationId < 0 ? ERROR.NONE : ERROR.ILLEGAL_GENERATION
    return group.commitError(memberId, generationId, this.#ports.clock.monotonicMs())
  }

  async #commit(held: Held, request: OffsetCommitRequest): Promise<OffsetCommitResponse> {
    const { groupId } = request
    const committedAtMs = this.#ports.clock.wallMs()
    const commits = request.topics.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset, leaderEpoch, metadata }) => ({
        topic,
        partition,
        refusal: this.#refusalOf(topic, partition, metadata ?? ''),
        committed: { offset, leaderEpoch, metadata: metadata ?? '', committedAtMs },
      })),
    )
    const taken = commits.filter(({ refusal }) => refusal === ERROR.NONE)
    const records = taken.map(({ topic, partition, committed }) =>
      offsetRecord({ groupId, topic, partition }, committed),
    )
    const error = records.length === 0 ? ERROR.NONE : await this.#append(held, records)
    if (error === ERROR.NONE) for (const commit of taken) held.offsets.set(groupId, commit)
    const errorOf = (topic: string, partition: number): number => {
      const refusal = commits.find(each => each.topic === topic && each.partition === partition)?.refusal
      return refusal === undefined || refusal === ERROR.NONE ? error : refusal
    }
    return {
      topics: request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition }) => ({ partition, error: errorOf(topic, partition) })),
      })),
    }
  }

  #refusalOf(topic: string, partition: number, metadata: string): number {
    if (!this.#ports.isPartition(topic, partition)) return ERROR.UNKNOWN_TOPIC_OR_PARTITION
    const isTooLarge = Buffer.byteLength(metadata) > this.#settings.offsetMetadataBytesMax
    return isTooLarge ? ERROR.OFFSET_METADATA_TOO_LARGE : ERROR.NONE
  }

  /** Resolves with what a client is to be told: 0 when all in-sync replicas have the records. */
  async #append(held: Held, records: readonly KeyValue[]): Promise<number> {
    if (this.#held.get(held.partition) !== held) return ERROR.NOT_COORDINATOR
    const { clock } = this.#ports
    const batch = buildBatch(records, clock.wallMs())
    const timeoutMs = this.#settings.offsetsCommitTimeoutMs
    const { error } = await appendAsLeader(held.partition, clock, batch, { acks: 'all', timeoutMs })
    switch (error) {
      case ERROR.NOT_LEADER_OR_FOLLOWER:
        return ERROR.NOT_COORDINATOR
      case ERROR.NOT_ENOUGH_REPLICAS:
      case ERROR.NOT_ENOUGH_REPLICAS_AFTER_APPEND:
        return ERROR.COORDINATOR_NOT_AVAILABLE
      default:
        return error
    }
  }

  async #load(held: Held): Promise<void> {
    const { log, partition } = held.partition
    const untilOffset = log.nextOffset
    const isOver = (): boolean => this.#held.get(held.partition) !== held
    for await (const record of readOffsetsLog(log, { clock: this.#ports.clock, untilOffset, isOver })) {
      if (isOver()) return
      this.#replay(held, record)
    }
    if (isOver()) return
    held.isLoading = false
    for (const group of held.groups.values()) this.#rearm(group)
    if (untilOffset > 0) {
      this.#ports.log.write('info', 'groups loaded', { partition, groups: held.groups.size, records: untilOffset })
    }
  }

  #replay(held: Held, record: OffsetsRecord): void {
    const { groupId } = record
    if (record.kind === 'offset') {
      const { topic, partition, committed } = record
      if (committed === undefined) held.offsets.delete(groupId, topic, partition)
      else held.offsets.set(groupId, { topic, partition, committed })
    } else if (record.snapshot === undefined) {
      held.groups.delete(groupId)
    } else {
      const group = held.groups.get(groupId) ?? this.#create(held, groupId)
      group.restore(record.snapshot, this.#ports.clock.monotonicMs())
    }
  }

  /** One timer for all groups, at the earliest moment at which something may be due. */
  #rearm(group: Group): void {
    const dueMs = group.nextDueMs
    if (dueMs < this.#timerAtMs) this.#arm(dueMs)
  }

  #arm(atMs: number): void {
    this.#timer?.cancel()
    this.#timerAtMs = atMs
    const { clock } = this.#ports
    this.#timer = clock.setTimer(Math.min(atMs - clock.monotonicMs(), TIMER_MAX_MS), () => this.#tick())
  }

  #tick(): void {
    this.#timerAtMs = Infinity
    const nowMs = this.#ports.clock.monotonicMs()
    let nextMs = Infinity
    for (const group of this.groups()) {
      if (group.nextDueMs <= nowMs) group.tick(nowMs)
      nextMs = Math.min(nextMs, group.nextDueMs)
    }
    if (nextMs < this.#timerAtMs) this.#arm(nextMs)
  }
}

/** Some clocks take a longer timer for none. */
const TIMER_MAX_MS = 86_400_000
