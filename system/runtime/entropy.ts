// Random streams that are forked by label.

/**
 * A stream of random numbers. A fork depends on the stream's own seed and the label alone, not on what was drawn before:
 * a new draw in one place leaves every other place as it was. Live, the root is the operating system's generator.
 */
export interface Entropy {
  /** The stream of that label. In a simulation the same label gives the same numbers, from the start, each time. */
  fork(label: string): Entropy
  /** Uniform in [0, 1), with at least 32 random bits. */
  float(): number
  /** Uniform integer in [0, 2^32). */
  uint32(): number
  /** Uniform integer in [0, bound); `bound` is an integer in [1, 2^32]. */
  below(bound: number): number
  /** `length` random bytes. Fit for identifiers that must not collide between processes; live also for secrets. */
  bytes(length: number): Uint8Array
}
