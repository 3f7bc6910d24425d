// Where days begin: a zone by its IANA name, which knows summer time, or a fixed distance from UTC.

import type { EpochMs } from '../runtime/clock.ts'

export interface TimeZone {
  /** Milliseconds east of UTC at that moment. */
  offsetMsAt(instant: EpochMs): number
}

export const UTC: TimeZone = { offsetMsAt: () => 0 }

/** A name, or seconds east of UTC as a number or as digits; JSON's quotes around a text are taken off. Undefined: unknown. */
export function parseTimeZone(given: unknown): TimeZone | undefined {
  if (given === undefined || given === null) return UTC
  if (typeof given === 'number') return fixedZone(given)
  if (typeof given !== 'string' || given.length > NAME_LENGTH_MAX) return undefined
  const text = given.replace(/^"(.*)"$/, '$1')
  return /^[+-]?\d{1,6}$/.test(text) ? fixedZone(Number(text)) : namedZone(text)
}

/**
 * The moment at which clocks of the zone show `localMs` (as if it were UTC). Of two such moments the first; where clocks
 * jump over it, the moment of the jump plus what is left: so midnight that does not exist is the first moment of its day.
 */
export function instantOf(zone: TimeZone, localMs: number): EpochMs {
  const before = zone.offsetMsAt(localMs - DAY_MS)
  const after = zone.offsetMsAt(localMs + DAY_MS)
  const candidates = [localMs - Math.max(before, after), localMs - Math.min(before, after)]
  return candidates.find(instant => instant + zone.offsetMsAt(instant) === localMs) ?? localMs - before
}

export function localMsOf(zone: TimeZone, instant: EpochMs): number {
  return instant + zone.offsetMsAt(instant)
}

function fixedZone(seconds: number): TimeZone | undefined {
  if (!Number.isInteger(seconds) || Math.abs(seconds) > OFFSET_SECONDS_MAX) return undefined
  return { offsetMsAt: () => seconds * 1_000 }
}

function namedZone(name: string): TimeZone | undefined {
  if (!/^[A-Za-z]/.test(name)) return undefined
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      ...{ era: 'short', year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    })
  } catch {
    return undefined
  }
  return { offsetMsAt: instant => shownAt(format, instant) - Math.floor(instant / 1_000) * 1_000 }
}

/** What clocks show, as if it were UTC, to the second. */
function shownAt(format: Intl.DateTimeFormat, instant: EpochMs): number {
  const parts = new Map(format.formatToParts(new Date(instant)).map(part => [part.type, part.value]))
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type))
  const year = parts.get('era') === 'BC' ? 1 - part('year') : part('year')
  const date = new Date(0)
  date.setUTCFullYear(year, part('month') - 1, part('day'))
  return date.setUTCHours(part('hour'), part('minute'), part('second'))
}

const DAY_MS = 86_400_000
const OFFSET_SECONDS_MAX = 18 * 3_600
const NAME_LENGTH_MAX = 64
