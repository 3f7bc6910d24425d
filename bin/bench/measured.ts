// What one run of one measurement says.

export interface Measured {
  /** In the measurement's own unit. */
  readonly value: number
  readonly wallSeconds: number
  readonly virtualSeconds: number
  readonly entries: number
  /** The same in every repeat, or something is wrong. */
  readonly traceHash: string
}
