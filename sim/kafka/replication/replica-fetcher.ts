// Follows one leading broker: one loop, one connection, one fetch at a time for all partitions that are led there.

import type { Clock } from '../../../system/runtime/clock.ts'
import type { Log } from '../../../system/runtime/log.ts'
import { bufferOver } from '../wire/frames.ts'
import { batchesIn, isFormat2, isIntact, readBatchHeader } from '../log/record-batch.ts'
import type { RequestClient } from '../transport/request-client.ts'
import { INTERNAL_API } from '../wire/api.ts'
import { ERROR, nameOfError } from '../wire/error-code.ts'
import type { Partition } from './partition.ts'
import { readReplicaFetched, writeReplicaFetch } from './replica-fetch.ts'
import type { ReplicaFetchedPartition, ReplicaFetchPartition } from './replica-fetch.ts'
import { truncationOffset } from './truncation.ts'

export interface ReplicaFetcherOptions {
  readonly self: number
  readonly selfEpoch: number
  readonly leader: number
  readonly waitMaxMs: number
  readonly bytesMax: number
  readonly backoffMs: number
}

interface Followed {
  readonly leaderEpoch: number
  /** There is something that the leader must be told. */
  hasNews: boolean
  /** After an error: not before that. */
  notBeforeMs: number
}

export class ReplicaFetcher {
  readonly #client: RequestClient
  readonly #clock: Clock
  readonly #log: Log
  readonly #options: ReplicaFetcherOptions
  readonly #find: (topic: string, partition: number) => Partition | undefined
  readonly #followed = new Map<Partition, Followed>()
  readonly #forgotten = new Set<Partition>()
  readonly #stopping = new AbortController()
  #sessionId = 0
  #isRunning = false

  constructor(
    ports: {
      readonly client: RequestClient
      readonly clock: Clock
      readonly log: Log
      readonly find: (topic: string, partition: number) => Partition | undefined
    },
    options: ReplicaFetcherOptions,
  ) {
    this.#client = ports.client
    this.#clock = ports.clock
    this.#log = ports.log
    this.#find = ports.find
    this.#options = options
  }

  get size(): number {
    return this.#followed.size
  }

  /** Follows the partition from where its log ends, in the leader's present epoch. */
  add(partition: Partition): void {
    this.#forgotten.delete(partition)
    const { leaderEpoch } = partition.record
    this.#followed.set(partition, { leaderEpoch, hasNews: true, notBeforeMs: 0 })
    if (!this.#isRunning) void this.#run()
  }

  remove(partition: Partition): void {
    if (this.#followed.delete(partition)) this.#forgotten.add(partition)
  }

  stop(): void {
    this.#stopping.abort()
    this.#followed.clear()
    this.#client.close()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#followed.size > 0 && !this.#stopping.signal.aborted) {
      try {
        await this.#fetch()
      } catch (error) {
        if (this.#stopping.signal.aborted) break
        this.#log.write('debug', 'replica fetch failed', {
          leader: this.#options.leader,
          error: error instanceof Error ? error.message : String(error),
        })
        this.#beginSession()
        await this.#clock.sleep(this.#options.backoffMs, this.#stopping.signal).catch(() => undefined)
      }
    }
    this.#isRunning = false
  }

  /** The leader knows nothing of us: everything is news to it. */
  #beginSession(): void {
    this.#sessionId = 0
    this.#forgotten.clear()
    for (const followed of this.#followed.values()) followed.hasNews = true
  }

  async #fetch(): Promise<void> {
    const { self, selfEpoch, waitMaxMs, bytesMax } = this.#options
    const partitions = this.#news()
    const forgotten = [...this.#forgotten].map(({ topic, partition }) => ({ topic, partition }))
    this.#forgotten.clear()
    const request = {
      replicaId: self,
      brokerEpoch: selfEpoch,
      sessionId: this.#sessionId,
      waitMaxMs,
      bytesMax,
      partitions,
      forgotten,
    }
    const body = await this.#client.request(INTERNAL_API.ReplicaFetch, writer => writeReplicaFetch(writer, request))
    const response = readReplicaFetched(body)
    if (response.error !== ERROR.NONE) throw new Error(nameOfError(response.error))
    this.#sessionId = response.sessionId
    if (response.partitions.length > 0) await Promise.all(response.partitions.map(each => this.#take(each)))
  }

  #news(): ReplicaFetchPartition[] {
    const news: ReplicaFetchPartition[] = []
    for (const [partition, followed] of this.#followed) {
      if (!followed.hasNews || followed.notBeforeMs > this.#clock.monotonicMs()) continue
      const { log, topic, partition: index } = partition
      // What this broker wrote as the leader is still on its way into the file; the next round finds it there.
      if (log.nextOffset !== log.endOffset) continue
      followed.hasNews = false
      const { leaderEpoch } = followed
      const fetchOffset = log.endOffset
      news.push({ topic, partition: index, leaderEpoch, fetchOffset, lastFetchedEpoch: log.epochs.latest })
    }
    return news
  }

  /** A rejection is a failure of our own disk. */
  async #take(fetched: ReplicaFetchedPartition): Promise<void> {
    const partition = this.#find(fetched.topic, fetched.partition)
    if (partition === undefined) return
    const followed = this.#followed.get(partition)
    // An answer to a question that was asked before the leader, or its epoch, changed.
    if (followed === undefined || followed.leaderEpoch !== partition.record.leaderEpoch) return
    if (fetched.divergingEndOffset >= 0) {
      const leaderEnd = { epoch: fetched.divergingEpoch, endOffset: fetched.divergingEndOffset }
      followed.hasNews = true
      await this.#truncate(partition, truncationOffset(partition.log, leaderEnd))
    } else if (fetched.error === ERROR.OFFSET_OUT_OF_RANGE && fetched.logEndOffset < partition.log.endOffset) {
      followed.hasNews = true
      await this.#truncate(partition, fetched.logEndOffset)
    } else if (fetched.error !== ERROR.NONE) {
      followed.hasNews = true
      followed.notBeforeMs = this.#clock.monotonicMs() + this.#options.backoffMs
    } else {
      if (fetched.records.length > 0) {
        followed.hasNews = true
        await this.#append(partition, fetched.records)
      }
      partition.learnHighWatermark(fetched.highWatermark)
    }
  }

  async #truncate(partition: Partition, offset: number): Promise<void> {
    const { topic, partition: index, log } = partition
    if (log.nextOffset !== log.endOffset) return
    if (offset < log.endOffset) {
      this.#log.write('info', 'log truncated', { topic, partition: index, from: log.endOffset, to: offset })
    }
    await partition.truncateTo(offset)
  }

  async #append(partition: Partition, records: readonly Uint8Array[]): Promise<void> {
    const appends: Promise<void>[] = []
    for (const bytes of records) {
      for (const batch of batchesIn(bufferOver(bytes))) {
        if (!isFormat2(batch) || !isIntact(batch)) throw new Error('a damaged batch from the leader')
        if (readBatchHeader(batch).baseOffset < partition.log.nextOffset)
          throw new Error('a batch that is here already')
        appends.push(partition.append(batch))
      }
    }
    await Promise.all(appends)
  }
}
