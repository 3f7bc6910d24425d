// keen.id: where an event stands in the log, as 96 bits. The same record applied twice is the same event, and a look-up by
// id goes straight to its place.

import type { EpochMs } from '../runtime/clock.ts'

/** `month`: months since January 1970. */
export interface EventPosition {
  readonly log: number
  readonly partition: number
  readonly offset: number
  readonly index: number
  readonly month: number
}

/** 24 hex digits: log 8 bits, partition 12, offset 44, index 18, month 14. They sort as the log does. */
export function formatEventId(position: EventPosition): string {
  const head = position.log * 2 ** 12 + position.partition
  const tail = position.index * 2 ** 14 + position.month
  return hex(head, 5) + hex(position.offset, 11) + hex(tail, 8)
}

export function parseEventId(id: string): EventPosition | undefined {
  if (!/^[0-9a-f]{24}$/.test(id)) return undefined
  const head = parseInt(id.slice(0, 5), 16)
  const tail = parseInt(id.slice(16), 16)
  return {
    log: Math.floor(head / 2 ** 12),
    partition: head % 2 ** 12,
    offset: parseInt(id.slice(5, 16), 16),
    index: Math.floor(tail / 2 ** 14),
    month: tail % 2 ** 14,
  }
}

/** The month of UTC that an event is kept under; what lies before 1970 or after 2199 is kept under the nearest one. */
export function monthOf(timestamp: EpochMs): number {
  const date = new Date(timestamp)
  const month = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
  return Math.min(Math.max(month, 0), MONTH_MAX)
}

/** December 2199. */
export const MONTH_MAX: number = 230 * 12 - 1

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
