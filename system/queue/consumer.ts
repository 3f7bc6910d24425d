// Reads the log for a stream worker: a kafkajs consumer group that says which partitions are ours, and nothing more. Where
// to begin is the worker's own cursor, not the group's; what is committed to the group is for lag displays.

import type { Consumer, ConsumerGroupJoinEvent, EachBatchPayload, Kafka } from 'kafkajs'
import type { Configuration } from '../configuration.ts'
import type { EpochMs } from '../runtime/clock.ts'
import type { Runtime } from '../runtime/runtime.ts'

export interface LogRecord {
  readonly offset: number
  readonly appendTimeMs: EpochMs
  readonly value: Uint8Array
}

export interface BatchContext {
  /** The offset that the next record of the partition will get. */
  readonly highWatermark: number
  /** This assignment of the partition is over. What the worker still does with it is wasted, and harmless. */
  isStale(): boolean
}

/** The worker's side. */
export interface LogWorker {
  /** The partition is ours: the offset of the first record that is wanted. Asked again if it rejects, until it is not ours. */
  start(partition: number): Promise<number>
  /**
   * The next records: their offsets follow one another without a gap, from what `start` said. The next are handed over
   * when this has resolved. If it rejects, the partition ends and starts again from `start`.
   */
  take(partition: number, records: readonly LogRecord[], context: BatchContext): Promise<void>
  /** The partition is no longer ours, or starts again: once for each assignment, also while `start` or `take` is still under way. */
  end(partition: number): void
}

export interface LogConsumer {
  /** For lag displays only; a failure is logged and forgotten. `offset`: of the next record. */
  commitOffset(partition: number, offset: number): void
  /** Leaves the group; resolves when no more of the worker's functions will be called. */
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

/** One assignment of one partition. */
interface Session {
  readonly partition: number
  next: number | undefined
  isOver: boolean
}

/** One kafkajs consumer, from its making to its failure. */
interface Membership {
  readonly consumer: Consumer
  readonly sessions: Map<number, Session>
  isOver: boolean
  lastSignMs: number
  callbacks: number
  end(why: string): void
}

class GroupConsumer implements LogConsumer {
  readonly #runtime: Runtime
  readonly #configuration: Configuration
  readonly #kafka: Kafka
  readonly #worker: LogWorker
  readonly #stopping = new AbortController()
  #membership: Membership | undefined

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
      const why = await this.#membershipEnds()
      if (this.#stopping.signal.aborted) return
      this.#runtime.log.count('consumer_restarts')
      this.#runtime.log.write('warn', 'consumer starts again', { why })
      await this.#runtime.clock.sleep(pauseMs(failures), this.#stopping.signal).catch(() => undefined)
    }
  }

  commitOffset(partition: number, offset: number): void {
    const consumer = this.#membership?.consumer
    if (consumer === undefined) return
    const { topic } = this.#configuration.kafka
    consumer.commitOffsets([{ topic, partition, offset: String(offset) }]).catch((error: unknown) => {
      this.#runtime.log.write('debug', 'commit for display failed', { partition, error: messageOf(error) })
    })
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    const membership = this.#membership
    if (membership === undefined) return
    membership.end('stopped')
    await within(this.#runtime, DISCONNECT_MS, membership.consumer.disconnect())
  }

  /** Makes a consumer and lets it run until it fails; resolves with the reason. */
  #membershipEnds(): Promise<string> {
    return new Promise(resolve => {
      const consumer = this.#kafka.consumer({
        groupId: this.#configuration.kafka.group,
        sessionTimeout: SESSION_TIMEOUT_MS,
        rebalanceTimeout: REBALANCE_TIMEOUT_MS,
        heartbeatInterval: HEARTBEAT_MS,
        maxWaitTimeInMs: FETCH_WAIT_MS,
        maxBytesPerPartition: FETCH_PARTITION_BYTES,
        maxBytes: FETCH_BYTES,
        allowAutoTopicCreation: false,
        metadataMaxAge: METADATA_MAX_AGE_MS,
        retry: {
          retries: 2,
          initialRetryTime: 100,
          maxRetryTime: 1_000,
          restartOnFailure: () => Promise.resolve(false),
        },
      })
      const membership: Membership = {
        consumer,
        sessions: new Map(),
        isOver: false,
        lastSignMs: this.#runtime.clock.monotonicMs(),
        callbacks: 0,
        end: why => {
          if (membership.isOver) return
          membership.isOver = true
          if (this.#membership === membership) this.#membership = undefined
          for (const session of membership.sessions.values()) this.#endSession(session)
          if (!this.#stopping.signal.aborted) void within(this.#runtime, DISCONNECT_MS, consumer.disconnect())
          resolve(why)
        },
      }
      this.#membership = membership
      this.#listen(membership)
      this.#watch(membership)
      this.#begin(membership).catch((error: unknown) => membership.end(messageOf(error)))
    })
  }

  async #begin(membership: Membership): Promise<void> {
    const { consumer } = membership
    await consumer.connect()
    await consumer.subscribe({ topics: [this.#configuration.kafka.topic], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: this.#configuration.kafka.partitions,
      eachBatch: payload => this.#eachBatch(membership, payload),
    })
  }

  #listen(membership: Membership): void {
    const { consumer } = membership
    const sign = (): void => {
      membership.lastSignMs = this.#runtime.clock.monotonicMs()
    }
    consumer.on(consumer.events.FETCH, sign)
    consumer.on(consumer.events.HEARTBEAT, sign)
    consumer.on(consumer.events.GROUP_JOIN, event => {
      sign()
      this.#assign(membership, event)
    })
    consumer.on(consumer.events.REBALANCING, () => this.#endSessions(membership))
    consumer.on(consumer.events.CRASH, event => membership.end(messageOf(event.payload.error)))
  }

  /** kafkajs can go silent without failing. Then nothing but a new consumer helps. */
  #watch(membership: Membership): void {
    this.#runtime.clock.setTimer(SILENCE_MS / 4, () => {
      if (membership.isOver) return
      const silentMs = this.#runtime.clock.monotonicMs() - membership.lastSignMs
      if (membership.callbacks === 0 && silentMs > SILENCE_MS) membership.end(`silent for ${Math.round(silentMs)} ms`)
      else this.#watch(membership)
    })
  }

  /**
   * Called before the first fetch of an assignment. The partitions are paused at once and resumed where the worker's own
   * cursor is; so nothing is handed over from where the group thinks that we are.
   */
  #assign(membership: Membership, event: ConsumerGroupJoinEvent): void {
    this.#endSessions(membership)
    if (membership.isOver) return
    const partitions = event.payload.memberAssignment[this.#configuration.kafka.topic] ?? []
    this.#runtime.log.write('info', 'partitions assigned', { partitions: partitions.join(' ') })
    for (const partition of partitions) this.#startSession(membership, partition)
  }

  #startSession(membership: Membership, partition: number): void {
    const { topic } = this.#configuration.kafka
    const session: Session = { partition, next: undefined, isOver: false }
    membership.sessions.set(partition, session)
    membership.consumer.pause([{ topic, partitions: [partition] }])
    void this.#find(membership, session)
  }

  async #find(membership: Membership, session: Session): Promise<void> {
    const { partition } = session
    const { topic } = this.#configuration.kafka
    for (let failures = 0; !session.isOver; failures++) {
      try {
        const next = await this.#worker.start(partition)
        if (session.isOver) return
        membership.consumer.seek({ topic, partition, offset: String(next) })
        membership.consumer.resume([{ topic, partitions: [partition] }])
        session.next = next
        return
      } catch (error) {
        this.#runtime.log.write('warn', 'cursor not read', { partition, error: messageOf(error) })
        await this.#runtime.clock.sleep(pauseMs(failures), this.#stopping.signal).catch(() => undefined)
      }
    }
  }

  async #eachBatch(membership: Membership, payload: EachBatchPayload): Promise<void> {
    const { batch } = payload
    const session = membership.sessions.get(batch.partition)
    if (session?.next === undefined || session.isOver || payload.isStale()) return
    const records: LogRecord[] = []
    for (const message of batch.messages) {
      const offset = Number(message.offset)
      if (offset < session.next + records.length) continue
      if (offset > session.next + records.length) {
        await this.#gap(membership, session, { wanted: session.next + records.length, found: offset })
        return
      }
      records.push({ offset, appendTimeMs: Number(message.timestamp), value: message.value ?? NOTHING })
    }
    if (records.length === 0) return
    const context = {
      highWatermark: Number(batch.highWatermark),
      isStale: () => session.isOver || payload.isStale() || !payload.isRunning(),
    }
    await this.#handOver(membership, session, { records, context, heartbeat: () => payload.heartbeat() })
  }

  /** Heartbeats go on while the worker is busy: a store that is slow must not throw us out of the group. */
  async #handOver(
    membership: Membership,
    session: Session,
    given: { records: readonly LogRecord[]; context: BatchContext; heartbeat: () => Promise<void> },
  ): Promise<void> {
    const beat = this.#beat(membership, given.heartbeat)
    membership.callbacks++
    try {
      await this.#worker.take(session.partition, given.records, given.context)
      if (session.next !== undefined) session.next += given.records.length
    } catch (error) {
      this.#runtime.log.write('error', 'worker failed', { partition: session.partition, error: messageOf(error) })
      await this.#runtime.clock.sleep(RESTART_PAUSE_MS, this.#stopping.signal).catch(() => undefined)
      this.#restart(membership, session)
    } finally {
      membership.callbacks--
      membership.lastSignMs = this.#runtime.clock.monotonicMs()
      beat.cancel()
    }
  }

  #beat(membership: Membership, heartbeat: () => Promise<void>): { cancel(): void } {
    let isOver = false
    const arm = (): { cancel(): void } =>
      this.#runtime.clock.setTimer(HEARTBEAT_MS, () => {
        if (isOver || membership.isOver) return
        timer = arm()
        // kafkajs meets the same error after the batch and joins the group again; the worker need not wait for that.
        heartbeat().catch((error: unknown) => {
          if (isEvicted(error)) this.#endSessions(membership)
        })
      })
    let timer = arm()
    return {
      cancel: () => {
        isOver = true
        timer.cancel()
      },
    }
  }

  /** Records between what we have and what we were given are missing: never pass over them in silence. */
  async #gap(membership: Membership, session: Session, gap: { wanted: number; found: number }): Promise<void> {
    this.#runtime.log.count('consumer_gaps')
    this.#runtime.log.write('error', 'gap in the log', { partition: session.partition, ...gap })
    await this.#runtime.clock.sleep(RESTART_PAUSE_MS, this.#stopping.signal).catch(() => undefined)
    this.#restart(membership, session)
  }

  #restart(membership: Membership, session: Session): void {
    if (session.isOver || membership.isOver) return
    this.#endSession(session)
    this.#startSession(membership, session.partition)
  }

  #endSessions(membership: Membership): void {
    for (const session of membership.sessions.values()) this.#endSession(session)
    membership.sessions.clear()
  }

  #endSession(session: Session): void {
    if (session.isOver) return
    session.isOver = true
    this.#worker.end(session.partition)
  }
}

/** Long enough for a pause of the process, short enough that a crashed worker's partitions soon go on elsewhere. */
const SESSION_TIMEOUT_MS = 10_000
const REBALANCE_TIMEOUT_MS = 10_000
const HEARTBEAT_MS = 2_000
const FETCH_WAIT_MS = 1_000
const FETCH_PARTITION_BYTES = 4 * 1024 * 1024
const FETCH_BYTES = 16 * 1024 * 1024
const METADATA_MAX_AGE_MS = 60_000
const SILENCE_MS = 40_000
const RESTART_PAUSE_MS = 1_000
const DISCONNECT_MS = 10_000
const NOTHING: Uint8Array = new Uint8Array(0)

/** After these, kafkajs is certain to join again, and the partitions get new sessions then. */
function isEvicted(error: unknown): boolean {
  const type = error instanceof Error && 'type' in error ? error.type : undefined
  return type === 'REBALANCE_IN_PROGRESS' || type === 'ILLEGAL_GENERATION' || type === 'UNKNOWN_MEMBER_ID'
}

/** 100 ms, twice as long each time, five seconds at most. */
function pauseMs(failures: number): number {
  return Math.min(100 * 2 ** Math.min(failures, 10), 5_000)
}

/** Waits for it, but not for ever, and does not care how it ends. */
async function within(runtime: Runtime, ms: number, work: Promise<unknown>): Promise<void> {
  await new Promise<void>(resolve => {
    const timer = runtime.clock.setTimer(ms, resolve)
    const done = (): void => {
      timer.cancel()
      resolve()
    }
    work.then(done, done)
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
