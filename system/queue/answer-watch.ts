// Lets go of a connection to a broker when an answer on it is overdue.
//
// kafkajs can look for overdue answers itself, but looks ten times a second on each connection, and keeps one that has gone
// silent. A broker that lost its power resets nothing: to use its connection again is to wait again.

import type { Duplex } from 'node:stream'
import type { Clock } from '../runtime/clock.ts'
import { FETCH_WAIT_MS, REBALANCE_TIMEOUT_MS } from './consumer-times.ts'

/**
 * Ends the stream, as if its broker had, when the first of its requests has waited for `timeoutMs`; requests that the broker
 * may keep until something happens have so much more time. That is what kafkajs understands best: it forgets the broker
 * and asks the others where its partitions are now. Relies on one write being one request, as kafkajs does it, and on Kafka's
 * promise to answer the requests of a connection in their order.
 */
export function watchAnswers(clock: Clock, stream: Duplex, timeoutMs: number): void {
  const deadlinesMs: number[] = []
  let isArmed = false

  const arm = (deadlineMs: number): void => {
    isArmed = true
    clock.setTimer(deadlineMs - clock.monotonicMs(), () => {
      isArmed = false
      const [first] = deadlinesMs
      if (first === undefined || stream.destroyed) return
      if (first > clock.monotonicMs()) arm(first)
      else stream.push(null)
    })
  }

  const write = stream.write.bind(stream) as (chunk: unknown, ...others: unknown[]) => boolean
  stream.write = (chunk: unknown, ...others: unknown[]): boolean => {
    const deadlineMs = clock.monotonicMs() + timeoutMs + patienceMs(chunk)
    deadlinesMs.push(deadlineMs)
    // One timer, which looks when it fires what is still waiting: most of the time nothing is.
    if (!isArmed) arm(deadlineMs)
    return write(chunk, ...others)
  }

  const answers = new FrameCounter()
  stream.on('data', (chunk: Uint8Array) => {
    deadlinesMs.splice(0, answers.take(chunk))
  })
}

/** How long a broker may keep a request on purpose. */
function patienceMs(request: unknown): number {
  const bytes = typeof request === 'string' ? Buffer.from(request.slice(0, 6), 'latin1') : (request as Buffer)
  return PATIENCE_MS.get(bytes.readInt16BE(4)) ?? 0
}

/** By API key: Fetch waits for records, JoinGroup and SyncGroup for the other members. */
const PATIENCE_MS: ReadonlyMap<number, number> = new Map([
  [1, FETCH_WAIT_MS],
  [11, REBALANCE_TIMEOUT_MS],
  [14, REBALANCE_TIMEOUT_MS],
])

/** Counts answers in a stream of bytes: each has its length, four bytes, in front. */
class FrameCounter {
  #bodyBytesLeft = 0
  #length = 0
  #lengthBytes = 0

  /** The number of answers that end in this chunk. */
  take(chunk: Uint8Array): number {
    let ended = 0
    for (let position = 0; position < chunk.length;) {
      if (this.#lengthBytes < 4) {
        this.#length = this.#length * 256 + chunk[position++]!
        if (++this.#lengthBytes < 4) continue
        this.#bodyBytesLeft = this.#length
      }
      const taken = Math.min(this.#bodyBytesLeft, chunk.length - position)
      position += taken
      this.#bodyBytesLeft -= taken
      if (this.#bodyBytesLeft > 0) continue
      ended++
      this.#length = 0
      this.#lengthBytes = 0
    }
    return ended
  }
}
