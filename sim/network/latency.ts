// How long a segment takes: mostly about the same, sometimes much longer.

export interface Latency {
  readonly minMicros: number
  readonly maxMicros: number
  /** The share of segments that take up to `tailFactor` times `maxMicros`; 0 to 1. */
  readonly tailShare: number
  readonly tailFactor: number
  /** How fast bytes leave; without it, all at once. */
  readonly bytesPerSecond?: number
}

/** Within one data centre. */
export const LAN: Latency = { minMicros: 100, maxMicros: 500, tailShare: 0.01, tailFactor: 20 }

/** From a host to itself. */
export const LOOPBACK: Latency = { minMicros: 15, maxMicros: 40, tailShare: 0.001, tailFactor: 10 }

/** `draw`: uniform in [0, 2^32). Microseconds, an integer. */
export function latencyMicros(latency: Latency, draw: number): number {
  const { minMicros, maxMicros, tailShare } = latency
  const share = draw / 4294967296
  if (share >= tailShare) {
    return Math.round(minMicros + (maxMicros - minMicros) * ((share - tailShare) / (1 - tailShare)))
  }
  return Math.round(maxMicros * (1 + (latency.tailFactor - 1) * (share / tailShare)))
}
