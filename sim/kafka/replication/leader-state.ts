// What the leader of a partition knows of its followers: how far each is, who is in sync, how far the high watermark is.
// Pure, given the time and the end of the log.

import type { PartitionRecord } from '../metadata/metadata-record.ts'

export interface LeaderOptions {
  readonly self: number
  /** The broker epoch of this process. */
  readonly selfEpoch: number
  readonly partition: PartitionRecord
  /** Where the leader's own epoch begins. */
  readonly epochStartOffset: number
  readonly minInsyncReplicas: number
  readonly lagMaxMs: number
  readonly highWatermark: number
  readonly nowMs: number
}

/** What the leader asks about brokers. */
export interface BrokerFacts {
  /** The broker is active, and that epoch is its present incarnation. */
  isActiveIncarnation(brokerId: number, epoch: number): boolean
  /** When the broker last fetched anything from this one. */
  lastFetchMs(brokerId: number): number
}

interface Follower {
  readonly id: number
  /** −1: it has not fetched from this leader yet. */
  endOffset: number
  brokerEpoch: number
  /** The last moment at which it had all that the leader had. */
  caughtUpMs: number
  lastFetchMs: number
  leaderEndAtLastFetch: number
}

export interface ReplicaOfEpoch {
  readonly id: number
  readonly epoch: number
}

export class LeaderState {
  readonly leaderEpoch: number
  readonly epochStartOffset: number
  readonly #options: LeaderOptions
  readonly #facts: BrokerFacts
  readonly #followers: readonly Follower[]
  readonly #minIsr: number
  #isr: readonly number[]
  #partitionEpoch: number
  #proposed: readonly number[] | undefined
  #highWatermark: number

  constructor(facts: BrokerFacts, options: LeaderOptions) {
    const { partition, self, nowMs } = options
    this.#facts = facts
    this.#options = options
    this.leaderEpoch = partition.leaderEpoch
    this.epochStartOffset = options.epochStartOffset
    this.#isr = partition.isr
    this.#partitionEpoch = partition.partitionEpoch
    this.#highWatermark = options.highWatermark
    this.#minIsr = Math.min(options.minInsyncReplicas, partition.replicas.length)
    this.#followers = partition.replicas
      .filter(id => id !== self)
      .map(id => ({
        id,
        endOffset: -1,
        brokerEpoch: -1,
        caughtUpMs: partition.isr.includes(id) ? nowMs : -Infinity,
        lastFetchMs: -Infinity,
        leaderEndAtLastFetch: -1,
      }))
  }

  get highWatermark(): number {
    return this.#highWatermark
  }

  /** As the controller has agreed to it. */
  get isr(): readonly number[] {
    return this.#isr
  }

  get partitionEpoch(): number {
    return this.#partitionEpoch
  }

  get hasEnoughReplicas(): boolean {
    return this.#isr.length >= this.#minIsr
  }

  get isProposing(): boolean {
    return this.#proposed !== undefined
  }

  /** Offsets that were written in former epochs are not all known to be committed before this. */
  get isCaughtUpWithEpoch(): boolean {
    return this.#highWatermark >= this.epochStartOffset
  }

  /** A follower has fetched from there: all below is in its log. */
  fetched(id: number, at: { offset: number; brokerEpoch: number; leaderEnd: number; nowMs: number }): void {
    const follower = this.#followers.find(each => each.id === id)
    if (follower === undefined) return
    if (at.offset >= at.leaderEnd) follower.caughtUpMs = at.nowMs
    else if (at.offset >= follower.leaderEndAtLastFetch) {
      follower.caughtUpMs = Math.max(follower.caughtUpMs, follower.lastFetchMs)
    }
    follower.endOffset = at.offset
    follower.brokerEpoch = at.brokerEpoch
    follower.lastFetchMs = at.nowMs
    follower.leaderEndAtLastFetch = at.leaderEnd
  }

  /**
   * The log grows from `previousEnd`. A follower that had all of it was caught up until it last fetched anything: fetches that
   * bring nothing new do not name the partition.
   */
  grows(previousEnd: number): void {
    for (const follower of this.#followers) {
      if (follower.endOffset < previousEnd || follower.leaderEndAtLastFetch > previousEnd) continue
      const lastFetchMs = this.#facts.lastFetchMs(follower.id)
      follower.lastFetchMs = Math.max(follower.lastFetchMs, lastFetchMs)
      follower.caughtUpMs = Math.max(follower.caughtUpMs, lastFetchMs)
    }
  }

  /**
   * Moves the high watermark to where every replica is that is in sync, or proposed to be, or about to be proposed. With fewer
   * in-sync replicas than the topic asks for it stays where it is. Answers whether it has moved.
   */
  advance(leaderEnd: number, nowMs: number): boolean {
    if (!this.hasEnoughReplicas) return false
    let reached = leaderEnd
    for (const follower of this.#followers) {
      if (follower.endOffset >= reached) continue
      const counts =
        this.#isr.includes(follower.id) ||
        this.#proposed?.includes(follower.id) === true ||
        (this.#isCaughtUp(follower, leaderEnd, nowMs) && this.#isEligible(follower))
      if (counts) reached = follower.endOffset
    }
    if (reached <= this.#highWatermark) return false
    this.#highWatermark = reached
    return true
  }

  /** The in-sync set without those that have lagged for too long; undefined if there are none, or a proposal is under way. */
  shrunk(leaderEnd: number, nowMs: number): readonly number[] | undefined {
    if (this.#proposed !== undefined) return undefined
    const lagging = this.#followers.filter(
      follower => this.#isr.includes(follower.id) && !this.#isCaughtUp(follower, leaderEnd, nowMs),
    )
    if (lagging.length === 0) return undefined
    return this.#isr.filter(id => lagging.every(follower => follower.id !== id))
  }

  /** The in-sync set with the follower, if it has reached what is committed and was written before this leader's time. */
  grown(id: number): readonly number[] | undefined {
    if (this.#proposed !== undefined || this.#isr.includes(id)) return undefined
    const follower = this.#followers.find(each => each.id === id)
    if (follower === undefined || !this.#isEligible(follower)) return undefined
    if (follower.endOffset < this.#highWatermark || follower.endOffset < this.epochStartOffset) return undefined
    return [...this.#isr, id]
  }

  /** Until the controller has answered, the high watermark waits for the present members and for the proposed ones. */
  propose(isr: readonly number[]): void {
    this.#proposed = isr
  }

  /** The proposal was refused: what stands is what was agreed before. */
  withdraw(): void {
    this.#proposed = undefined
  }

  /** What the controller has decided, if it is news. */
  agreed(partition: { readonly isr: readonly number[]; readonly partitionEpoch: number }): void {
    if (partition.partitionEpoch <= this.#partitionEpoch) return
    this.#isr = partition.isr
    this.#partitionEpoch = partition.partitionEpoch
    this.#proposed = undefined
  }

  /** The members of a set, each with the incarnation that has fetched here; −1: none has. */
  withEpochs(isr: readonly number[]): readonly ReplicaOfEpoch[] {
    return isr.map(id => {
      if (id === this.#options.self) return { id, epoch: this.#options.selfEpoch }
      return { id, epoch: this.#followers.find(each => each.id === id)?.brokerEpoch ?? -1 }
    })
  }

  #isCaughtUp(follower: Follower, leaderEnd: number, nowMs: number): boolean {
    return follower.endOffset === leaderEnd || nowMs - follower.caughtUpMs <= this.#options.lagMaxMs
  }

  #isEligible(follower: Follower): boolean {
    return this.#facts.isActiveIncarnation(follower.id, follower.brokerEpoch)
  }
}
