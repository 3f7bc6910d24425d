// One thing that happened to an event: when, where, what.

export interface Moment {
  readonly atMicros: number
  /** Empty: the world, for example a fault. */
  readonly host: string
  readonly what: string
}
