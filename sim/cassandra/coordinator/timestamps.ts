// Timestamps of statements that name none: the coordinator's own wall clock in microseconds, never the same twice.

import type { Clock } from '../../../system/runtime/clock.ts'

export class Timestamps {
  readonly #clock: Clock
  #last = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Later than the one before, also when the clock stands still or jumps back. */
  next(): number {
    return (this.#last = Math.max(this.#last + 1, this.#clock.wallMs() * 1000))
  }
}
