// Fetch, for consumers: what is committed, at once if there is enough, otherwise when there is or when the wait is over.

import { ERROR } from '../wire/error-code.ts'
import type { FetchedPartition, FetchPartition, FetchRequest, FetchResponse } from '../wire/fetch.ts'
import type { Partition } from '../replication/partition.ts'
import { errorOfAbsent } from './answer-produce.ts'
import type { BrokerContext } from './broker-context.ts'

export async function answerFetch(broker: BrokerContext, request: FetchRequest): Promise<FetchResponse> {
  // A follower's fetch has a form of its own here, and sessions of consumers are not kept: 0 says so to the consumer.
  if (request.replicaId >= 0) return { error: ERROR.INVALID_REQUEST, topics: [] }
  if (request.sessionId !== 0) return { error: ERROR.FETCH_SESSION_ID_NOT_FOUND, topics: [] }
  const waiting = new Waiting(broker, request)
  if (!waiting.isEnough()) await waiting.done()
  return { error: ERROR.NONE, topics: await readAll(broker, request) }
}

/** Asks, without reading, whether there is enough to answer; again whenever one of the partitions has moved. */
class Waiting {
  readonly #broker: BrokerContext
  readonly #request: FetchRequest
  readonly #partitions: Partition[] = []

  constructor(broker: BrokerContext, request: FetchRequest) {
    this.#broker = broker
    this.#request = request
    for (const { topic, partitions } of request.topics) {
      for (const { partition } of partitions) {
        const replica = broker.replicas.find(topic, partition)
        if (replica !== undefined) this.#partitions.push(replica)
      }
    }
  }

  isEnough(): boolean {
    const { topics, waitMaxMs, bytesMin } = this.#request
    if (waitMaxMs <= 0 || bytesMin <= 0 || topics.length === 0) return true
    let bytes = 0
    for (const { topic, partitions } of topics) {
      for (const asked of partitions) {
        const replica = this.#broker.replicas.find(topic, asked.partition)
        if (replica === undefined || errorOf(replica, asked) !== ERROR.NONE) return true
        const limits = { untilOffset: replica.highWatermark, bytesMax: bytesMin }
        bytes += replica.log.sizeFrom(asked.fetchOffset, limits)
        if (bytes >= bytesMin) return true
      }
    }
    return false
  }

  done(): Promise<void> {
    return new Promise(resolve => {
      const end = (): void => {
        timer.cancel()
        for (const partition of this.#partitions) partition.watchers.delete(look)
        resolve()
      }
      const look = (): void => {
        if (this.isEnough()) end()
      }
      const timer = this.#broker.runtime.clock.setTimer(Math.min(this.#request.waitMaxMs, WAIT_MAX_MS), end)
      for (const partition of this.#partitions) partition.watchers.add(look)
    })
  }
}

const WAIT_MAX_MS = 3_600_000

async function readAll(broker: BrokerContext, request: FetchRequest): Promise<FetchResponse['topics']> {
  let room = Math.min(request.bytesMax, broker.settings.fetchBytesMax)
  const topics: FetchResponse['topics'][number][] = []
  for (const { topic, partitions } of request.topics) {
    const fetched: FetchedPartition[] = []
    for (const asked of partitions) {
      const part = await read(broker, topic, asked, room)
      for (const batch of part.records) room -= batch.length
      fetched.push(part)
    }
    topics.push({ topic, partitions: fetched })
  }
  return topics
}

/** Once there is no room left, partitions are answered without records; the first batch of all is given whatever its size. */
async function read(
  broker: BrokerContext,
  topic: string,
  asked: FetchPartition,
  room: number,
): Promise<FetchedPartition> {
  const { partition, fetchOffset } = asked
  const replica = broker.replicas.find(topic, partition)
  const error = replica === undefined ? errorOfAbsent(broker, topic, partition) : errorOf(replica, asked)
  if (replica === undefined || error !== ERROR.NONE) {
    return { partition, error, highWatermark: -1, logStartOffset: -1, records: [] }
  }
  const { highWatermark, log } = replica
  const limits = { untilOffset: highWatermark, bytesMax: Math.min(asked.bytesMax, room) }
  const reading = room <= 0 ? [] : log.read(fetchOffset, limits)
  const records = reading instanceof Promise ? await reading : reading
  return { partition, error, highWatermark, logStartOffset: log.startOffset, records }
}

function errorOf(replica: Partition, { currentLeaderEpoch, fetchOffset }: FetchPartition): number {
  const error = replica.leadershipError(currentLeaderEpoch)
  if (error !== ERROR.NONE) return error
  const isInRange = fetchOffset >= replica.log.startOffset && fetchOffset <= replica.log.endOffset
  return isInRange ? ERROR.NONE : ERROR.OFFSET_OUT_OF_RANGE
}
