// The sizes of first light: how many events, how many hosts that send and ask, and for how long.

import type { Choice } from '../scenario.ts'
import type { WorkloadShape } from './draw-workload.ts'

export interface SizeShape extends Omit<WorkloadShape, 'clients' | 'readers'> {
  readonly clients: number
  readonly readers: number
  /** Faults begin within it. */
  readonly stormMs: number
}

export const SIZES: readonly Choice[] = [
  { name: 'small', says: 'about 500 events from 3 clients in 40 virtual seconds' },
  { name: 'full', says: 'all 31,707 events from 8 clients in 90 virtual seconds' },
]

export const SHAPES: Readonly<Record<string, SizeShape>> = {
  small: {
    events: { flights: 250, earthquakes: 120, birdStrikes: 130 },
    durationMs: 40_000,
    stormMs: 40_000,
    clients: 3,
    readers: 2,
    reserveEvents: 25,
    readerPauseMs: 1_000,
    together: 0.5,
    singles: 0.35,
    bulkEventsMax: 6,
    badEvents: 0.04,
  },
  full: {
    events: { flights: 20_000, earthquakes: 1_707, birdStrikes: 10_000 },
    durationMs: 90_000,
    stormMs: 90_000,
    clients: 8,
    readers: 3,
    reserveEvents: 60,
    readerPauseMs: 3_000,
    together: 0.3,
    singles: 0.05,
    bulkEventsMax: 60,
    badEvents: 0.004,
  },
}
