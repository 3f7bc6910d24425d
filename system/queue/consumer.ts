// Reads the log for a stream worker: a kafkajs consumer group that says which partitions are ours, and nothing more. Where
// to begin is the worker's own cursor, not the group's; what is committed to the group is for lag displays.

import type { Consumer, Kafka } from 'kafkajs'
import type { Configuration } from '../configuration.ts'
import type { Timer } from '../runtime/clock.ts'
import { errorText } from '../runtime/error-text.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { Assignment } from './assignment.ts'
import {
  DISPLAY_COMMIT_MS,
  FETCH_WAIT_MS,
  HEARTBEAT_MS,
  REBALANCE_TIMEOUT_MS,
  SESSION_TIMEOUT_MS,
} from './consumer-times.ts'
import type { LogWorker } from './log-worker.ts'

export interface LogConsumer {
  /** For lag displays only; a failure is logged and forgotten. `offset`: of the next record. */
  commitOffset(partition: number, offset: number): void
  /** Ends all partitions, leaves the group, and lets go of the connections; bounded. */
  stop(): Promise<void>
}

/** Goes on for ever, whatever Kafka does: a consumer that failed or went silent is replaced by a new one after a pause. */
export function startLogConsumer(
  runtime: Runtime,
  configuration: Configuration,
  options: { readonly kafka: Kafka; readonly worker: LogWorker },
): LogConsumer {
  const consumer = new GroupConsumer(runtime, configuration, options)
  void consumer.run()
  return consumer
}

/** One kafkajs consumer, from its making to its failure. */
interface Membership {
  readonly consumer: Consumer
  readonly assignment: Assignment
  lastSignMs: number
  isOver: boolean
  end(why: string): void
}

class GroupConsumer implements LogConsumer {
  readonly #runtime: Runtime
  readonly #configuration: Configuration
  readonly #kafka: Kafka
  readonly #worker: LogWorker
  readonly #stopping = new AbortController()
  #membership: Membership | undefined
  /** Since the last commit for display: by partition, the offset of the next record. */
  readonly #applied = new Map<number, number>()
  #displayTimer: Timer | undefined

  constructor(
    runtime: Runtime,
    configuration: Configuration,
    options: { readonly kafka: Kafka; readonly worker: LogWorker },
  ) {
    this.#runtime = runtime
    this.#configuration = configuration
    this.#kafka = options.kafka
    this.#worker = options.worker
  }

  async run(): Promise<void> {
    for (let failures = 0; !this.#stopping.signal.aborted; failures++) {
      const startedMs = this.#runtime.clock.monotonicMs()
      const why = await this.#untilOver()
      if (this.#stopping.signal.aborted) return
      if (this.#runtime.clock.monotonicMs() - startedMs > STABLE_MS) failures = 0
      this.#runtime.log.count('consumer_restarts')
      this.#runtime.log.write('warn', 'consumer starts again', { why })
      await this.#runtime.clock.sleep(pauseMs(failures), this.#stopping.signal).catch(() => undefined)
    }
  }

  commitOffset(partition: number, offset: number): void {
    this.#applied.set(partition, offset)
    this.#displayTimer ??= this.#runtime.clock.setTimer(DISPLAY_COMMIT_MS, () => this.#commitForDisplay())
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#displayTimer?.cancel()
    const membership = this.#membership
    if (membership === undefined) return
    membership.end('stopped')
    await this.#disconnect(membership.consumer)
  }

  #commitForDisplay(): void {
    this.#displayTimer = undefined
    const { topic } = this.#configuration.kafka
    const offsets = [...this.#applied].map(([partition, offset]) => ({ topic, partition, offset: String(offset) }))
    this.#applied.clear()
    this.#membership?.consumer.commitOffsets(offsets).catch((error: unknown) => {
      this.#runtime.log.write('debug', 'commit for display failed', { error: errorText(error) })
    })
  }

  /** Makes a consumer and lets it run until it fails; resolves with the reason. */
  #untilOver(): Promise<string> {
    return new Promise(resolve => {
      const consumer = this.#createConsumer()
      const { clock, log } = this.#runtime
      const ports = { clock, log, worker: this.#worker, consumer }
      const membership: Membership = {
        consumer,
        assignment: new Assignment(ports, this.#configuration.kafka.topic),
        lastSignMs: clock.monotonicMs(),
        isOver: false,
        end: why => {
          if (membership.isOver) return
          membership.isOver = true
          this.#membership = undefined
          membership.assignment.close()
          if (!this.#stopping.signal.aborted) void this.#disconnect(consumer)
          resolve(why)
        },
      }
      this.#membership = membership
      this.#listen(membership)
      this.#watch(membership)
      this.#begin(membership).catch((error: unknown) => membership.end(errorText(error)))
    })
  }

  /** kafkajs does not start itself again: there is one way to start again, and it is ours. */
  #createConsumer(): Consumer {
    const restartOnFailure = (): Promise<boolean> => Promise.resolve(false)
    return this.#kafka.consumer({
      groupId: this.#configuration.kafka.group,
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: FETCH_PARTITION_BYTES,
      maxBytes: FETCH_BYTES,
      allowAutoTopicCreation: false,
      metadataMaxAge: METADATA_MAX_AGE_MS,
      retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure },
    })
  }

  async #begin({ consumer, assignment }: Membership): Promise<void> {
    await consumer.connect()
    await consumer.subscribe({ topics: [this.#configuration.kafka.topic], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: this.#configuration.kafka.partitions,
      eachBatch: payload => assignment.eachBatch(payload),
    })
  }

  #listen(membership: Membership): void {
    const { consumer, assignment } = membership
    const sign = (): void => {
      membership.lastSignMs = this.#runtime.clock.monotonicMs()
    }
    consumer.on(consumer.events.FETCH, sign)
    consumer.on(consumer.events.HEARTBEAT, sign)
    consumer.on(consumer.events.END_BATCH_PROCESS, sign)
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      sign()
      const partitions = payload.memberAssignment[this.#configuration.kafka.topic] ?? []
      this.#runtime.log.write('info', 'partitions assigned', { partitions: partitions.join(' ') })
      assignment.begin(partitions)
    })
    consumer.on(consumer.events.REBALANCING, () => assignment.end())
    consumer.on(consumer.events.CRASH, ({ payload }) => membership.end(errorText(payload.error)))
  }

  /** kafkajs can go silent without failing. Then nothing but a new consumer helps. */
  #watch(membership: Membership): void {
    this.#runtime.clock.setTimer(SILENCE_MS / 4, () => {
      if (membership.isOver) return
      const silentMs = this.#runtime.clock.monotonicMs() - membership.lastSignMs
      if (silentMs > SILENCE_MS && !membership.assignment.isBusy) membership.end('silent')
      else this.#watch(membership)
    })
  }

  /** Waits for it, but not for ever, and does not care how it ends. */
  async #disconnect(consumer: Consumer): Promise<void> {
    await new Promise<void>(resolve => {
      const timer = this.#runtime.clock.setTimer(DISCONNECT_MS, resolve)
      const done = (): void => {
        timer.cancel()
        resolve()
      }
      consumer.disconnect().then(done, done)
    })
  }
}

const FETCH_PARTITION_BYTES = 4 * 1024 * 1024
const FETCH_BYTES = 16 * 1024 * 1024
const METADATA_MAX_AGE_MS = 60_000
const SILENCE_MS = 40_000
const STABLE_MS = 60_000
const DISCONNECT_MS = 10_000

/** 100 ms, twice as long each time, two seconds at most. */
function pauseMs(failures: number): number {
  return Math.min(100 * 2 ** Math.min(failures, 10), 2_000)
}
