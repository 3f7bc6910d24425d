// The partitions that one kafkajs consumer reads for the worker, between it and the worker: where each begins, what is
// handed over, and when it is over.

import type { Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs'
import type { Clock } from '../runtime/clock.ts'
import { errorText } from '../runtime/error-text.ts'
import type { Log } from '../runtime/log.ts'
import { HEARTBEAT_MS } from './consumer-times.ts'
import type { LogRecord, LogWorker } from './log-worker.ts'

export interface AssignmentPorts {
  readonly clock: Clock
  readonly log: Log
  readonly worker: LogWorker
  readonly consumer: Consumer
}

/** One assignment of one partition. */
interface Session {
  readonly partition: number
  /** The offset of the record that is to be handed over next, once it is known. */
  next: number | undefined
  /** The newest epoch of a leader for which the worker has seen that the log is still its own; none before the first record. */
  leaderEpoch: number | undefined
  isOver: boolean
}

export class Assignment {
  readonly #ports: AssignmentPorts
  readonly #topic: string
  readonly #over = new AbortController()
  readonly #sessions = new Map<number, Session>()
  readonly #paused = new Set<number>()
  #busy = 0

  constructor(ports: AssignmentPorts, topic: string) {
    this.#ports = ports
    this.#topic = topic
  }

  /** The worker is at work: silence of the consumer means nothing. */
  get isBusy(): boolean {
    return this.#busy > 0
  }

  /**
   * To be called before the first fetch of an assignment. Reading begins anew where the worker's own cursor is: nothing is
   * handed over from where the group thinks that we are.
   */
  begin(partitions: readonly number[]): void {
    this.end()
    if (this.#over.signal.aborted) return
    for (const partition of partitions) this.#start(partition)
  }

  /** None of the partitions is ours, until `begin` says so again. */
  end(): void {
    for (const session of this.#sessions.values()) this.#endSession(session)
    this.#sessions.clear()
  }

  /** For good: the consumer is done with. */
  close(): void {
    this.#over.abort()
    this.end()
  }

  async eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload
    const session = this.#sessions.get(batch.partition)
    if (session === undefined || payload.isStale()) return
    if (session.next === undefined) {
      this.#pausePartition(batch.partition)
      return
    }
    const leaderEpoch = leaderEpochOf(batch.messages.at(-1))
    if (session.leaderEpoch !== undefined && leaderEpoch > session.leaderEpoch) {
      this.#checkAgain(session, leaderEpoch)
      return
    }
    const records: LogRecord[] = []
    for (const { offset: text, timestamp, value } of batch.messages) {
      const offset = Number(text)
      const wanted = session.next + records.length
      if (offset < wanted) continue
      if (offset > wanted) {
        await this.#meetGap(session, { wanted, found: offset })
        return
      }
      records.push({ offset, appendTimeMs: Number(timestamp), value: value ?? NOTHING })
    }
    if (records.length > 0) {
      session.leaderEpoch = Math.max(session.leaderEpoch ?? -1, leaderEpoch)
      await this.#handOver(session, records, payload)
    } else if (Number(batch.highWatermark) <= session.next) {
      await this.#meetGap(session, { wanted: session.next, found: Number(batch.highWatermark) })
    }
  }

  #start(partition: number, leaderEpoch?: number): void {
    const session: Session = { partition, next: undefined, leaderEpoch, isOver: false }
    this.#sessions.set(partition, session)
    void this.#find(session)
  }

  /**
   * Only when records come that we cannot use yet: while all partitions of a broker are paused, kafkajs does not ask it but
   * sleeps for as long as a fetch may take.
   */
  #pausePartition(partition: number): void {
    this.#paused.add(partition)
    this.#ports.consumer.pause([{ topic: this.#topic, partitions: [partition] }])
  }

  async #find(session: Session): Promise<void> {
    const { partition } = session
    for (let failures = 0; !session.isOver; failures++) {
      try {
        const next = await this.#ports.worker.start(partition)
        if (session.isOver) return
        this.#ports.consumer.seek({ topic: this.#topic, partition, offset: String(next) })
        // kafkajs keeps a pause over the end of an assignment.
        if (this.#paused.delete(partition)) {
          this.#ports.consumer.resume([{ topic: this.#topic, partitions: [partition] }])
        }
        session.next = next
        return
      } catch (error) {
        this.#ports.log.write('warn', 'cursor not read', { partition, error: errorText(error) })
        await this.#pause(Math.min(100 * 2 ** Math.min(failures, 10), PAUSE_MAX_MS))
      }
    }
  }

  /** Heartbeats go on while the worker is busy: a store that is slow must not throw us out of the group. */
  async #handOver(session: Session, records: readonly LogRecord[], payload: EachBatchPayload): Promise<void> {
    const beat = this.#beat(() => payload.heartbeat())
    this.#busy++
    try {
      await this.#ports.worker.take(session.partition, records, {
        highWatermark: Number(payload.batch.highWatermark),
        isStale: () => session.isOver || payload.isStale() || !payload.isRunning(),
      })
      if (session.next !== undefined) session.next += records.length
    } catch (error) {
      this.#ports.log.write('error', 'worker failed', { partition: session.partition, error: errorText(error) })
      await this.#pause(PAUSE_MAX_MS)
      this.#restart(session)
    } finally {
      this.#busy--
      beat.cancel()
    }
  }

  #beat(heartbeat: () => Promise<void>): { cancel(): void } {
    let isOver = false
    const arm = (): { cancel(): void } =>
      this.#ports.clock.setTimer(HEARTBEAT_MS, () => {
        if (isOver) return
        timer = arm()
        // kafkajs meets the same error after the batch and joins the group again; the worker need not wait for that.
        heartbeat().catch((error: unknown) => {
          if (isEvicted(error)) this.end()
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

  /** Records between what we have and what we were given are missing, or the log ends before: never in silence. */
  async #meetGap(session: Session, gap: { readonly wanted: number; readonly found: number }): Promise<void> {
    this.#ports.log.count('consumer_gaps')
    this.#ports.log.write('error', 'gap in the log', { partition: session.partition, ...gap })
    await this.#pause(PAUSE_MAX_MS)
    this.#restart(session)
  }

  /**
   * A new leader has written what comes next. If it does not have all that the one before it had given us, then what we have
   * applied is not in the log, and this record does not follow on it. The worker sees to that whenever it starts.
   */
  #checkAgain(session: Session, leaderEpoch: number): void {
    this.#ports.log.write('info', 'leader epoch grew', { partition: session.partition, leaderEpoch })
    this.#restart(session, leaderEpoch)
  }

  #restart(session: Session, leaderEpoch?: number): void {
    if (session.isOver) return
    this.#endSession(session)
    this.#start(session.partition, leaderEpoch)
  }

  #endSession(session: Session): void {
    if (session.isOver) return
    session.isOver = true
    this.#ports.worker.end(session.partition)
  }

  async #pause(ms: number): Promise<void> {
    await this.#ports.clock.sleep(ms, this.#over.signal).catch(() => undefined)
  }
}

const PAUSE_MAX_MS = 2_000
const NOTHING: Uint8Array = new Uint8Array(0)

/** Of the leader that appended the record; kafkajs decodes it, though its types do not say so. −1: unknown. */
function leaderEpochOf(message: KafkaMessage | undefined): number {
  const context = (message as { readonly batchContext?: { readonly partitionLeaderEpoch?: number } } | undefined)
    ?.batchContext
  return context?.partitionLeaderEpoch ?? -1
}

/** After these, kafkajs is certain to join again, and the partitions get new sessions then. */
function isEvicted(error: unknown): boolean {
  const type = error instanceof Error && 'type' in error ? error.type : undefined
  return type === 'REBALANCE_IN_PROGRESS' || type === 'ILLEGAL_GENERATION' || type === 'UNKNOWN_MEMBER_ID'
}
