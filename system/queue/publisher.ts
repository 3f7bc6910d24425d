// The queue's front: takes a publication, finds it a partition, and answers when its outcome stands.

import type { Configuration } from '../configuration.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { candidatesOf } from './candidates.ts'
import type { LogProducer } from './log-producer.ts'
import { PartitionQueue } from './partition-queue.ts'
import type { Waiting } from './partition-queue.ts'
import type { Publication, PublishOutcome } from './publication.ts'

export interface Publisher {
  /** Never rejects. Resolves at the latest `publishDeadlineMs` after the call. */
  publish(publication: Publication): Promise<PublishOutcome>
  /** Takes nothing new, waits up to `drainMs` for what it holds, then settles the rest. */
  stop(): Promise<void>
}

export function createPublisher(runtime: Runtime, configuration: Configuration, producer: LogProducer): Publisher {
  return new LanePublisher(runtime, configuration, producer)
}

class LanePublisher implements Publisher {
  readonly #runtime: Runtime
  readonly #configuration: Configuration
  readonly #producer: LogProducer
  readonly #queues: readonly PartitionQueue[]
  readonly #candidates = new Map<string, readonly number[]>()
  #waitingBytes = 0
  #waiting = 0
  #isStopping = false
  #onEmpty: (() => void) | undefined

  constructor(runtime: Runtime, configuration: Configuration, producer: LogProducer) {
    this.#runtime = runtime
    this.#configuration = configuration
    this.#producer = producer
    // One stream for the life of the process, and each writer is drawn from it: no two lanes of a partition share one.
    const entropy = runtime.entropy.fork('queue/writer')
    const processWriter = hexOf(entropy.bytes(16))
    this.#queues = Array.from({ length: configuration.kafka.partitions }, (_, partition) => {
      let lanes = 0
      return new PartitionQueue(
        { clock: runtime.clock, log: runtime.log, producer },
        {
          partition,
          produceBytesMax: configuration.limits.produceBytesMax,
          restMs: configuration.limits.laneRestMs,
          newWriter: () => (lanes++ === 0 ? processWriter : hexOf(entropy.bytes(16))),
          onUnhealthy: unsent => {
            for (const waiting of unsent) this.#place(waiting)
          },
        },
      )
    })
  }

  publish(publication: Publication): Promise<PublishOutcome> {
    const bytes = sizeOf(publication)
    const { queueBytesMax, publishDeadlineMs } = this.#configuration.limits
    if (this.#isStopping) return Promise.resolve({ kind: 'refused', reason: 'this host is stopping' })
    if (this.#waitingBytes + bytes > queueBytesMax) {
      this.#runtime.log.count('queue_full')
      return Promise.resolve({ kind: 'refused', reason: `queueBytesMax: over ${queueBytesMax} bytes wait already` })
    }
    this.#waitingBytes += bytes
    this.#waiting++
    return new Promise(resolve => {
      const deadlineMs = this.#runtime.clock.monotonicMs() + publishDeadlineMs
      this.#place({
        publication,
        bytes,
        deadlineMs,
        settle: outcome => {
          this.#settled(publication, bytes, outcome)
          resolve(outcome)
        },
      })
    })
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    if (this.#waiting > 0) {
      await new Promise<void>(resolve => {
        const timer = this.#runtime.clock.setTimer(this.#configuration.limits.drainMs, resolve)
        this.#onEmpty = () => {
          timer.cancel()
          resolve()
        }
      })
    }
    for (const queue of this.#queues) queue.stop('this host has stopped')
    await this.#producer.close()
  }

  /** The first healthy candidate; where none is, the first of all: it may come back before the deadline. */
  #place(waiting: Waiting): void {
    const candidates = this.#candidatesOf(waiting.publication.project)
    const healthy = candidates.find(partition => this.#queues[partition]?.isHealthy)
    this.#queues[healthy ?? candidates[0] ?? 0]?.add(waiting)
  }

  #candidatesOf(project: string): readonly number[] {
    const known = this.#candidates.get(project)
    if (known !== undefined) return known
    const candidates = candidatesOf(project, this.#configuration.kafka)
    this.#candidates.set(project, candidates)
    return candidates
  }

  #settled(publication: Publication, bytes: number, outcome: PublishOutcome): void {
    this.#waitingBytes -= bytes
    this.#waiting--
    this.#runtime.log.count('queue_records', 1, { outcome: outcome.kind })
    const fields = { project: publication.project, events: publication.events.length }
    if (outcome.kind === 'accepted') this.#runtime.log.write('info', 'event accepted', { ...outcome.place, ...fields })
    else this.#runtime.log.write('warn', NOT_ACCEPTED[outcome.kind], { ...fields, reason: outcome.reason })
    if (this.#waiting === 0) this.#onEmpty?.()
  }
}

const NOT_ACCEPTED = { refused: 'event refused', unknown: 'event outcome unknown' } as const

/** About what it takes as a record. */
function sizeOf(publication: Publication): number {
  let bytes = RECORD_OVERHEAD_BYTES
  let collection: string | undefined
  for (const event of publication.events) {
    bytes += event.body.length + EVENT_OVERHEAD_BYTES
    if (event.collection !== collection) bytes += event.collection.length
    collection = event.collection
  }
  return bytes
}

const RECORD_OVERHEAD_BYTES = 128
const EVENT_OVERHEAD_BYTES = 16

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
