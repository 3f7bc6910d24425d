// What a role is to whoever started it.

export interface Service {
  /** Takes nothing new, finishes what it has begun as far as the limits allow, and lets go of everything. */
  stop(): Promise<void>
}
