// Time, as one host sees it.

/** Milliseconds since 1970-01-01T00:00:00Z, an integer. */
export type EpochMs = number & { readonly unit?: 'epoch-ms' }

/** A timer that has been armed and may still be called off. Cancelling it twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void
}

export interface Clock {
  /** Wall time. It may be skewed against other hosts, and may jump either way: never measure a duration with it. */
  wallMs(): EpochMs

  /** Milliseconds since some moment before this process started, with a fraction; never goes back, has no skew to speak of. */
  monotonicMs(): number

  /**
   * Calls `fire` once, `delayMs` of monotonic time from now or later; never before the present call has returned.
   * A delay below one millisecond, or not a number, counts as one millisecond, as Node's own timers do.
   */
  setTimer(delayMs: number, fire: () => void): Timer

  /** Resolves after `delayMs`. Rejects with the signal's reason as soon as the signal aborts; the timer is then gone. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>
}
