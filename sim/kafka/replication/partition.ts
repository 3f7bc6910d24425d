// A replica of a partition on one broker: its log, its role, and who waits for what on it.

import type { PartitionLog } from '../log/partition-log.ts'
import type { PartitionRecord } from '../metadata/metadata-record.ts'
import type { TopicConfig } from '../metadata/topic-config.ts'
import { ERROR } from '../wire/error-code.ts'
import type { FollowerSession } from './follower-session.ts'
import { LeaderState } from './leader-state.ts'
import type { BrokerFacts } from './leader-state.ts'
import { divergence } from './truncation.ts'
import type { EpochEnd } from '../log/leader-epochs.ts'

export interface PartitionPorts {
  readonly self: number
  readonly selfEpoch: () => number
  readonly nowMs: () => number
  readonly lagMaxMs: number
  readonly facts: BrokerFacts
  /** The leader proposes this in-sync set to the controller. */
  readonly propose: (partition: Partition, isr: readonly number[]) => void
  /** The high watermark has moved. */
  readonly onHighWatermark: () => void
  /** A log can no longer be written: Kafka's broker halts then. */
  readonly onDiskFailure: (error: unknown) => void
}

/** An append that waits until enough replicas have it. */
interface WaitingAppend {
  /** One past its last record. */
  readonly offset: number
  readonly settle: (error: number) => void
}

export class Partition {
  readonly topic: string
  readonly partition: number
  readonly log: PartitionLog
  readonly config: TopicConfig
  readonly #ports: PartitionPorts
  /** Called when there is more to read, or when reading here is over. */
  readonly watchers: Set<() => void> = new Set<() => void>()
  /** Of the followers that fetch from here, by their broker's id. */
  readonly sessions: Map<number, FollowerSession> = new Map<number, FollowerSession>()
  #record: PartitionRecord
  #leader: LeaderState | undefined
  #highWatermark: number
  #waiting: WaitingAppend[] = []

  constructor(
    ports: PartitionPorts,
    options: {
      readonly record: PartitionRecord
      readonly log: PartitionLog
      readonly config: TopicConfig
      readonly highWatermark: number
    },
  ) {
    this.#ports = ports
    this.topic = options.record.topic
    this.partition = options.record.partition
    this.log = options.log
    this.config = options.config
    this.#record = { ...options.record, leader: -1, leaderEpoch: -1, partitionEpoch: -1 }
    this.#highWatermark = Math.min(options.highWatermark, options.log.endOffset)
  }

  get record(): PartitionRecord {
    return this.#record
  }

  get leader(): LeaderState | undefined {
    return this.#leader
  }

  get highWatermark(): number {
    return this.#leader?.highWatermark ?? this.#highWatermark
  }

  /** The metadata log says so. Answers whether the leader is another one, or leads in another epoch. */
  assume(record: PartitionRecord): boolean {
    if (record.partitionEpoch <= this.#record.partitionEpoch) return false
    const hasNewLeader = record.leaderEpoch > this.#record.leaderEpoch
    this.#record = record
    if (!hasNewLeader) {
      this.#agree(record)
      return false
    }
    this.#resign()
    if (record.leader === this.#ports.self) this.#lead(record)
    return true
  }

  /**
   * Kafka's error for a client that thinks that this broker leads, in that epoch (−1: it does not know); 0 if it does.
   */
  leadershipError(currentLeaderEpoch: number): number {
    if (currentLeaderEpoch >= 0 && currentLeaderEpoch < this.#record.leaderEpoch) return ERROR.FENCED_LEADER_EPOCH
    if (currentLeaderEpoch > this.#record.leaderEpoch) return ERROR.UNKNOWN_LEADER_EPOCH
    return this.#leader === undefined ? ERROR.NOT_LEADER_OR_FOLLOWER : ERROR.NONE
  }

  /** Adds a batch that has its offset and epoch to the leader's own log; resolves when the file has it. */
  async append(batch: Buffer): Promise<void> {
    this.#leader?.grows(this.log.endOffset)
    await this.#onDisk(this.log.append(batch))
    this.moved()
  }

  /** The log's end may have moved: whoever waits for that is told. */
  moved(): void {
    const leader = this.#leader
    if (leader === undefined) return
    for (const session of this.sessions.values()) session.hasMore(this)
    this.#advance()
  }

  /**
   * Resolves with 0 when all in-sync replicas have everything below `offset`, with Kafka's error when this broker leads no
   * more, or when too few are in sync by then. `cancel` is for a wait that took too long: the append may still come true.
   */
  replicated(offset: number): { readonly done: Promise<number>; cancel(error: number): void } {
    let settle: (error: number) => void = () => undefined
    const done = new Promise<number>(resolve => {
      settle = resolve
    })
    const waiting: WaitingAppend = { offset, settle }
    if (this.#leader === undefined) settle(ERROR.NOT_LEADER_OR_FOLLOWER)
    else if (this.highWatermark >= offset) settle(this.#errorOfReplicated())
    else this.#waiting.push(waiting)
    return {
      done,
      cancel: error => {
        const index = this.#waiting.indexOf(waiting)
        if (index >= 0) this.#waiting.splice(index, 1)
        settle(error)
      },
    }
  }

  /** A follower wants what comes after `fetchOffset`. Answers the error, or where the logs part, or undefined. */
  followerFetched(
    replicaId: number,
    at: { fetchOffset: number; lastFetchedEpoch: number; leaderEpoch: number; brokerEpoch: number },
  ): { readonly error: number; readonly diverging?: EpochEnd } | undefined {
    const error = this.leadershipError(at.leaderEpoch)
    const leader = this.#leader
    if (error !== ERROR.NONE || leader === undefined) return { error }
    if (!this.#record.replicas.includes(replicaId)) return { error: ERROR.UNKNOWN_TOPIC_OR_PARTITION }
    const diverging = divergence(this.log, at)
    if (diverging !== undefined) return { error: ERROR.NONE, diverging }
    if (at.fetchOffset > this.log.endOffset) return { error: ERROR.OFFSET_OUT_OF_RANGE }
    const nowMs = this.#ports.nowMs()
    const { fetchOffset: offset, brokerEpoch } = at
    leader.fetched(replicaId, { offset, brokerEpoch, leaderEnd: this.log.endOffset, nowMs })
    this.tryGrow(replicaId)
    this.#advance()
    return undefined
  }

  /** Proposes the follower as in sync, if it is and was not. */
  tryGrow(replicaId: number): void {
    const isr = this.#leader?.grown(replicaId)
    if (isr !== undefined) this.#propose(isr)
  }

  /** Proposes to go on without those that have lagged for too long. */
  tryShrink(): void {
    const isr = this.#leader?.shrunk(this.log.endOffset, this.#ports.nowMs())
    if (isr !== undefined) this.#propose(isr)
  }

  /** The controller has answered a proposal of that epoch; with an error, what stands is what it has said last. */
  settleProposal(verdict: {
    readonly error: number
    readonly leaderEpoch: number
    readonly partitionEpoch: number
    readonly isr: readonly number[]
  }): void {
    const leader = this.#leader
    if (leader === undefined) return
    if (verdict.error === ERROR.NONE && verdict.leaderEpoch === leader.leaderEpoch) {
      this.#agree(verdict)
    } else {
      leader.withdraw()
      this.#advance()
    }
  }

  /** The leader says how far the high watermark is. */
  learnHighWatermark(highWatermark: number): void {
    const known = Math.min(highWatermark, this.log.endOffset)
    if (known <= this.#highWatermark) return
    this.#highWatermark = known
    this.#ports.onHighWatermark()
  }

  /** Removes what the leader does not have. */
  async truncateTo(offset: number): Promise<void> {
    const truncated = this.log.truncateTo(offset)
    this.#highWatermark = Math.min(this.#highWatermark, this.log.endOffset)
    await this.#onDisk(truncated)
  }

  async #onDisk(writing: Promise<void>): Promise<void> {
    try {
      await writing
    } catch (error) {
      this.#ports.onDiskFailure(error)
      throw error
    }
  }

  #lead(record: PartitionRecord): void {
    const epochStartOffset = this.log.nextOffset
    this.log.epochs.assign(record.leaderEpoch, epochStartOffset)
    this.#leader = new LeaderState(this.#ports.facts, {
      self: this.#ports.self,
      selfEpoch: this.#ports.selfEpoch(),
      partition: record,
      epochStartOffset,
      minInsyncReplicas: this.config.minInsyncReplicas,
      lagMaxMs: this.#ports.lagMaxMs,
      highWatermark: this.#highWatermark,
      nowMs: this.#ports.nowMs(),
    })
    this.#advance()
  }

  #resign(): void {
    if (this.#leader !== undefined) this.#highWatermark = this.#leader.highWatermark
    this.#leader = undefined
    const waiting = this.#waiting
    this.#waiting = []
    for (const { settle } of waiting) settle(ERROR.NOT_LEADER_OR_FOLLOWER)
    for (const session of this.sessions.values()) session.hasMore(this)
    this.#tellWatchers()
  }

  #agree(agreed: { readonly isr: readonly number[]; readonly partitionEpoch: number }): void {
    this.#leader?.agreed(agreed)
    for (const session of this.sessions.values()) session.hasNewIsr(this)
    this.#advance()
  }

  #propose(isr: readonly number[]): void {
    this.#leader?.propose(isr)
    this.#ports.propose(this, isr)
  }

  #advance(): void {
    const leader = this.#leader
    if (leader === undefined || !leader.advance(this.log.endOffset, this.#ports.nowMs())) return
    this.#highWatermark = leader.highWatermark
    this.#ports.onHighWatermark()
    for (const session of this.sessions.values()) session.hasNewHighWatermark(this)
    if (this.#waiting.length > 0) this.#settleReplicated()
    if (this.watchers.size > 0) this.#tellWatchers()
  }

  #settleReplicated(): void {
    const { highWatermark } = this
    const error = this.#errorOfReplicated()
    const reached = this.#waiting.filter(({ offset }) => offset <= highWatermark)
    this.#waiting = this.#waiting.filter(({ offset }) => offset > highWatermark)
    for (const { settle } of reached) settle(error)
  }

  #errorOfReplicated(): number {
    return this.#leader?.hasEnoughReplicas === true ? ERROR.NONE : ERROR.NOT_ENOUGH_REPLICAS_AFTER_APPEND
  }

  #tellWatchers(): void {
    for (const watcher of [...this.watchers]) watcher()
  }
}
