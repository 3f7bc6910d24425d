// How long a query may take, by a clock that does not jump.

import type { Clock } from '../runtime/clock.ts'
import { QueryError } from './query-error.ts'

/**
 * Checked before and, above all, after whatever is read: compaction removes what an old index names only after every query
 * that may have seen it must have ended. An answer that comes too late would be one without what was removed.
 */
export class Deadline {
  readonly #clock: Clock
  readonly #limitMs: number
  readonly #untilMs: number

  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock
    this.#limitMs = limitMs
    this.#untilMs = clock.monotonicMs() + limitMs
  }

  /** Throws QueryTimeoutError when the time is over. */
  check(): void {
    if (this.#clock.monotonicMs() <= this.#untilMs) return
    throw new QueryError('QueryTimeoutError', `The query took longer than queryDeadlineMs, ${this.#limitMs}.`)
  }
}
