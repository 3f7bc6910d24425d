// The moments at which Cassandra's sync thread would wake: multiples of an interval. Nothing happens at those that nobody
// waits for, so that an idle node is idle.

import type { Clock, Timer } from '../../../system/runtime/clock.ts'

export class SyncTicks {
  readonly #clock: Clock
  readonly #everyMs: number
  readonly #startMs: number

  constructor(clock: Clock, everyMs: number) {
    this.#clock = clock
    this.#everyMs = everyMs
    this.#startMs = clock.monotonicMs()
  }

  /** Calls `fire` at the next of them. */
  next(fire: () => void): Timer {
    const sinceLastMs = (this.#clock.monotonicMs() - this.#startMs) % this.#everyMs
    return this.#clock.setTimer(this.#everyMs - sinceLastMs, fire)
  }
}
