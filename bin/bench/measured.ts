// What is measured, and what one run of a measurement says.

export interface Measurement {
  /** For `--only`. */
  readonly name: string
  readonly says: string
  readonly unit: string
  /** Runs in the same process before the one that counts: until the compiler has seen what it is to compile. */
  readonly warmUps: number
  run(): Promise<Measured>
}

export interface Measured {
  /** In the measurement's own unit. */
  readonly value: number
  readonly wallSeconds: number
  readonly virtualSeconds: number
  readonly entries: number
  /** The same in every repeat, or something is wrong. */
  readonly traceHash: string
}
