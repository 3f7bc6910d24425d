// The leader's side of one follower's fetches: which partitions it follows here, what it has of each, and the fetch that is
// waiting for something to say. Partitions of which there is nothing new cost nothing.

import type { Clock } from '../../../system/runtime/clock.ts'
import type { EpochEnd } from '../log/leader-epochs.ts'
import { ERROR } from '../wire/error-code.ts'
import type { Partition } from './partition.ts'
import type { ReplicaFetchedPartition, ReplicaFetchPartition, ReplicaFetchRequest } from './replica-fetch.ts'

interface Followed {
  readonly fetchOffset: number
  readonly leaderEpoch: number
}

interface Refusal {
  readonly error: number
  readonly diverging?: EpochEnd
}

export class FollowerSession {
  readonly sessionId: number
  readonly replicaId: number
  readonly brokerEpoch: number
  readonly #clock: Clock
  readonly #followed = new Map<Partition, Followed>()
  /** There is something to send, or to refuse. */
  readonly #ready = new Map<Partition, Refusal | undefined>()
  /** Where the follower is not known to be in the in-sync set: looked at again with each fetch. */
  readonly #outOfSync = new Set<Partition>()
  /** Nothing but a new high watermark: it travels with the next answer, and does not hasten it. */
  readonly #news = new Set<Partition>()
  #wake: (() => void) | undefined

  constructor(clock: Clock, options: { readonly sessionId: number; readonly replicaId: number; brokerEpoch: number }) {
    this.#clock = clock
    this.sessionId = options.sessionId
    this.replicaId = options.replicaId
    this.brokerEpoch = options.brokerEpoch
  }

  /** Takes the follower's word for how far it is in these partitions. */
  take(
    request: ReplicaFetchRequest,
    find: (topic: string, partition: number) => Partition | undefined,
  ): readonly ReplicaFetchedPartition[] {
    for (const { topic, partition } of request.forgotten) this.#forget(find(topic, partition))
    const unknown: ReplicaFetchedPartition[] = []
    for (const each of request.partitions) {
      const partition = find(each.topic, each.partition)
      if (partition === undefined) unknown.push(refusedPartition(each, ERROR.UNKNOWN_TOPIC_OR_PARTITION))
      else this.#follow(partition, each)
    }
    for (const partition of this.#outOfSync) {
      if (partition.leader?.isr.includes(this.replicaId) === false) partition.tryGrow(this.replicaId)
      else this.#outOfSync.delete(partition)
    }
    return unknown
  }

  /** Resolves when there is something to say, or after so long. */
  something(waitMaxMs: number): Promise<void> | undefined {
    if (this.#ready.size > 0) return undefined
    return new Promise(resolve => {
      const wake = (): void => {
        if (this.#wake === wake) this.#wake = undefined
        timer.cancel()
        resolve()
      }
      const timer = this.#clock.setTimer(waitMaxMs, wake)
      this.#wake = wake
    })
  }

  /** What there is to say now, up to about so many bytes. */
  async answer(bytesMax: number): Promise<readonly ReplicaFetchedPartition[]> {
    const answers: ReplicaFetchedPartition[] = []
    let room = bytesMax
    for (const [partition, refusal] of [...this.#ready]) {
      const followed = this.#followed.get(partition)
      if (followed === undefined) continue
      if (room <= 0) break
      this.#ready.delete(partition)
      this.#news.delete(partition)
      const error = refusal?.error ?? partition.leadershipError(followed.leaderEpoch)
      if (refusal !== undefined || error !== ERROR.NONE) {
        this.#forget(partition)
        answers.push(refusedPartition(partition, error, refusal?.diverging, partition.log.endOffset))
        continue
      }
      const limits = { untilOffset: partition.log.endOffset, bytesMax: Math.min(room, PARTITION_BYTES_MAX) }
      const reading = partition.log.read(followed.fetchOffset, limits)
      const records = reading instanceof Promise ? await reading : reading
      for (const batch of records) room -= batch.length
      answers.push(fetchedPartition(partition, records))
    }
    for (const partition of this.#news) answers.push(fetchedPartition(partition, []))
    this.#news.clear()
    return answers
  }

  /** The partition's log has grown, or it is led here no more. */
  hasMore(partition: Partition): void {
    this.#ready.set(partition, undefined)
    this.#wake?.()
  }

  hasNewHighWatermark(partition: Partition): void {
    this.#news.add(partition)
  }

  /** The in-sync set of the partition is another. */
  hasNewIsr(partition: Partition): void {
    this.#outOfSync.add(partition)
  }

  /** The follower has begun another session, or its connection is gone. */
  end(): void {
    for (const partition of [...this.#followed.keys()]) this.#forget(partition)
    this.#wake?.()
  }

  #follow(partition: Partition, each: ReplicaFetchPartition): void {
    const { fetchOffset, leaderEpoch } = each
    if (!this.#followed.has(partition)) this.#outOfSync.add(partition)
    this.#followed.set(partition, { fetchOffset, leaderEpoch })
    partition.sessions.set(this.replicaId, this)
    const refusal = partition.followerFetched(this.replicaId, { ...each, brokerEpoch: this.brokerEpoch })
    if (refusal !== undefined || fetchOffset < partition.log.endOffset) this.#ready.set(partition, refusal)
    else this.#ready.delete(partition)
  }

  #forget(partition: Partition | undefined): void {
    if (partition === undefined) return
    this.#followed.delete(partition)
    this.#ready.delete(partition)
    this.#news.delete(partition)
    this.#outOfSync.delete(partition)
    if (partition.sessions.get(this.replicaId) === this) partition.sessions.delete(this.replicaId)
  }
}

/** replica.fetch.max.bytes */
const PARTITION_BYTES_MAX = 1024 * 1024

function fetchedPartition(partition: Partition, records: readonly Uint8Array[]): ReplicaFetchedPartition {
  return {
    topic: partition.topic,
    partition: partition.partition,
    error: ERROR.NONE,
    highWatermark: partition.highWatermark,
    logEndOffset: partition.log.endOffset,
    divergingEpoch: -1,
    divergingEndOffset: -1,
    records,
  }
}

function refusedPartition(
  { topic, partition }: { readonly topic: string; readonly partition: number },
  error: number,
  diverging?: EpochEnd,
  logEndOffset = -1,
): ReplicaFetchedPartition {
  return {
    topic,
    partition,
    error,
    highWatermark: -1,
    logEndOffset,
    divergingEpoch: diverging?.epoch ?? -1,
    divergingEndOffset: diverging?.endOffset ?? -1,
    records: [],
  }
}
