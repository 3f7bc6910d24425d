// What a coordinator believes about the nodes. It is what decides between Unavailable and a time-out, not what is true.

export interface Membership {
  readonly self: string
  readonly dataCentre: string
  isAlive(address: string): boolean
  /** Asked last: it did not answer a short while ago. */
  isDoubtful(address: string): boolean
  /** It is late with an answer. */
  doubt(address: string): void
}
