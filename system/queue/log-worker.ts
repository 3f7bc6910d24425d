// What reads the log, and what is read to it.

import type { EpochMs } from '../runtime/clock.ts'

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
  /**
   * The partition is no longer ours, or starts again: once for each assignment, also while `start` or `take` is still
   * under way. A new `start` may be called before these have ended.
   */
  end(partition: number): void
}
