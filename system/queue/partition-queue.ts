// The records of one process that wait for one partition, and the lane that takes them there.
//
// Lane = (writer, partition); its records are numbered 0, 1, 2, … when they are first sent. One produce is in flight, with
// many records in it. A produce that failed goes again, the same records with the same numbers, until it is acknowledged:
// the worker drops a record whose number is not above the last one of its lane, so copies do no harm and nothing that was
// acknowledged can be dropped. When a request's deadline comes first, its outcome is unknown, and its lane is retired:
// what it has sent may still arrive, so its numbers can never be used for anything else. It never sends again.

import type { Clock, Timer } from '../runtime/clock.ts'
import { errorText } from '../runtime/error-text.ts'
import type { Log } from '../runtime/log.ts'
import type { LogProducer } from './log-producer.ts'
import type { Publication, PublishOutcome } from './publication.ts'
import { encodeRecord } from './record.ts'

/** A record that waits, in the queue or in the lane. */
export interface Waiting {
  readonly publication: Publication
  readonly bytes: number
  readonly deadlineMs: number
  settle(outcome: PublishOutcome): void
}

export interface PartitionQueueOptions {
  readonly partition: number
  readonly produceBytesMax: number
  /** How long the partition counts as unhealthy after a lane was retired. */
  readonly restMs: number
  /** A writer that was never used before. */
  newWriter(): string
  /** Called when the partition became unhealthy, or still is: takes what has not been sent; it may come back. */
  onUnhealthy(unsent: readonly Waiting[]): void
}

interface Lane {
  readonly writer: string
  n: number
  readonly retired: AbortController
}

/** A record under its number. */
interface Sent {
  readonly waiting: Waiting
  readonly n: number
  readonly encoded: Uint8Array
}

export class PartitionQueue {
  readonly #ports: { readonly clock: Clock; readonly log: Log; readonly producer: LogProducer }
  readonly #options: PartitionQueueOptions
  #queue: Waiting[] = []
  #inFlight: readonly Sent[] = []
  #lane: Lane | undefined
  #isFailing = false
  #restsUntilMs = 0
  #deadline: { readonly atMs: number; readonly timer: Timer } | undefined

  constructor(
    ports: { readonly clock: Clock; readonly log: Log; readonly producer: LogProducer },
    options: PartitionQueueOptions,
  ) {
    this.#ports = ports
    this.#options = options
  }

  /** It is worth sending here before any other place is tried. */
  get isHealthy(): boolean {
    return !this.#isFailing && this.#ports.clock.monotonicMs() >= this.#restsUntilMs
  }

  add(waiting: Waiting): void {
    this.#queue.push(waiting)
    this.#watchDeadline(waiting.deadlineMs)
    if (this.#inFlight.length === 0) this.#sendNext()
  }

  /** Settles everything at once: what was sent as unknown, what was not as refused. */
  stop(reason: string): void {
    this.#deadline?.timer.cancel()
    this.#deadline = undefined
    this.#retire(reason)
    for (const waiting of this.#takeUnsent()) waiting.settle({ kind: 'refused', reason })
  }

  #sendNext(): void {
    if (this.#queue.length === 0) return
    const lane = (this.#lane ??= { writer: this.#options.newWriter(), n: 0, retired: new AbortController() })
    const batch = this.#number(lane)
    this.#inFlight = batch
    void this.#send(lane, batch)
  }

  /** As many as go into one produce, in their order; at least one. */
  #number(lane: Lane): readonly Sent[] {
    let count = 0
    for (let bytes = 0; count < this.#queue.length; count++) {
      bytes += this.#queue[count]?.bytes ?? 0
      if (count > 0 && bytes > this.#options.produceBytesMax) break
    }
    return this.#queue.splice(0, count).map(waiting => {
      const n = lane.n++
      return { waiting, n, encoded: encodeRecord({ writer: lane.writer, n, ...waiting.publication }) }
    })
  }

  async #send(lane: Lane, batch: readonly Sent[]): Promise<void> {
    const values = batch.map(sent => sent.encoded)
    for (let attempt = 1; ; attempt++) {
      try {
        const firstOffset = await this.#ports.producer.append(this.#options.partition, values)
        if (!lane.retired.signal.aborted) this.#acknowledge(lane, batch, firstOffset)
        return
      } catch (error) {
        if (lane.retired.signal.aborted) return
        this.#fail({ lane, batch, attempt }, error)
      }
      await this.#ports.clock.sleep(pauseMs(attempt), lane.retired.signal).catch(() => undefined)
      if (lane.retired.signal.aborted) return
    }
  }

  #acknowledge(lane: Lane, batch: readonly Sent[], firstOffset: number): void {
    this.#isFailing = false
    this.#inFlight = []
    this.#sendNext()
    for (const [index, { waiting, n }] of batch.entries()) {
      const place = { partition: this.#options.partition, offset: firstOffset + index, writer: lane.writer, n }
      waiting.settle({ kind: 'accepted', place })
    }
  }

  #fail(
    sent: { readonly lane: Lane; readonly batch: readonly Sent[]; readonly attempt: number },
    error: unknown,
  ): void {
    const { partition } = this.#options
    const { lane, batch, attempt } = sent
    this.#isFailing = true
    this.#ports.log.count('queue_produce_failures')
    this.#ports.log.write('warn', 'produce failed', {
      ...{ partition, writer: lane.writer, n: batch[0]?.n, records: batch.length, attempt },
      error: errorText(error),
    })
    this.#options.onUnhealthy(this.#takeUnsent())
  }

  #takeUnsent(): readonly Waiting[] {
    const unsent = this.#queue
    this.#queue = []
    return unsent
  }

  /** One timer for all, armed for the earliest deadline; a deadline whose record is gone only costs a look. */
  #watchDeadline(atMs: number): void {
    if (this.#deadline !== undefined && this.#deadline.atMs <= atMs) return
    this.#deadline?.timer.cancel()
    const timer = this.#ports.clock.setTimer(atMs - this.#ports.clock.monotonicMs(), () => this.#expire())
    this.#deadline = { atMs, timer }
  }

  #expire(): void {
    this.#deadline = undefined
    const nowMs = this.#ports.clock.monotonicMs()
    const isLate = (waiting: Waiting): boolean => waiting.deadlineMs <= nowMs
    const late = this.#queue.filter(isLate)
    this.#queue = this.#queue.filter(waiting => !isLate(waiting))
    const reason = 'the queue did not answer in time'
    const isSentLate = this.#inFlight.some(({ waiting }) => isLate(waiting))
    if (isSentLate) this.#retire(reason)
    for (const waiting of late) waiting.settle({ kind: 'refused', reason })
    if (isSentLate) this.#options.onUnhealthy(this.#takeUnsent())
    let nextMs = Infinity
    for (const { deadlineMs } of this.#queue) nextMs = Math.min(nextMs, deadlineMs)
    for (const { waiting } of this.#inFlight) nextMs = Math.min(nextMs, waiting.deadlineMs)
    if (nextMs < Infinity) this.#watchDeadline(nextMs)
  }

  #retire(reason: string): void {
    const lane = this.#lane
    if (lane === undefined) return
    const unknown = this.#inFlight
    this.#lane = undefined
    this.#inFlight = []
    this.#isFailing = false
    this.#restsUntilMs = this.#ports.clock.monotonicMs() + this.#options.restMs
    lane.retired.abort()
    // A host that stops while nothing is under way leaves nothing unknown.
    if (unknown.length === 0) return
    this.#ports.log.count('queue_lanes_retired')
    this.#ports.log.write('warn', 'lane retired', {
      partition: this.#options.partition,
      writer: lane.writer,
      unknown: unknown.length,
    })
    for (const { waiting } of unknown) waiting.settle({ kind: 'unknown', reason })
  }
}

/** 50 ms, twice as long each time, a second at most. */
function pauseMs(attempt: number): number {
  return Math.min(50 * 2 ** (attempt - 1), 1_000)
}
