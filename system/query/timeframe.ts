// Which events a query is about, by keen.timestamp: absolute, or relative to now in a time zone.

import type { EpochMs } from '../runtime/clock.ts'
import { parseInstant } from './instant.ts'
import { QueryError } from './query-error.ts'
import type { TimeZone } from './time-zone.ts'
import { instantOf, localMsOf, parseTimeZone } from './time-zone.ts'

/** start ≤ keen.timestamp < end. */
export interface Timeframe {
  readonly start: EpochMs
  readonly end: EpochMs
}

/**
 * Undefined: all time. A relative one is `this_N_units`: the present unit, to its end, and the N − 1 before it; or
 * `previous_N_units`: the N units before the present one; units begin in the time zone, weeks on Sunday. An absolute one has
 * `start` and `end`, which take the time zone only if they name none. Throws TimeframeDefinitionError.
 */
export function parseTimeframe(
  given: { readonly timeframe: unknown; readonly timezone: unknown },
  nowMs: EpochMs,
): Timeframe | undefined {
  const zone = parseTimeZone(given.timezone)
  if (zone === undefined) throw wrong(`the time zone ${shown(given.timezone)} is unknown`)
  const { timeframe } = given
  if (timeframe === undefined || timeframe === null) return undefined
  if (Array.isArray(timeframe)) throw wrong('You have multiple values for timeframe specified.')
  if (typeof timeframe === 'object') return absolute(timeframe as Record<string, unknown>, zone)
  if (typeof timeframe === 'string') return relative(timeframe.replace(/^"(.*)"$/, '$1'), { zone, nowMs })
  throw wrong(`${shown(timeframe)} is neither a text nor an object with start and end`)
}

function absolute(timeframe: Record<string, unknown>, zone: TimeZone): Timeframe {
  const start = boundary(timeframe, 'start', zone)
  const end = boundary(timeframe, 'end', zone)
  if (start > end) throw wrong(`it ends at ${shown(timeframe['end'])}, before it starts`)
  return { start, end }
}

function boundary(timeframe: Record<string, unknown>, key: 'start' | 'end', zone: TimeZone): EpochMs {
  const text = Object.hasOwn(timeframe, key) ? timeframe[key] : undefined
  const written = typeof text === 'string' ? parseInstant(text) : undefined
  if (written === undefined) throw wrong(`its ${key} is ${shown(text)}, which is no date and time in ISO 8601`)
  return written.offsetMs === undefined ? instantOf(zone, written.localMs) : written.localMs - written.offsetMs
}

function relative(text: string, when: { readonly zone: TimeZone; readonly nowMs: EpochMs }): Timeframe {
  const match = RELATIVE.exec(SYNONYMS.get(text) ?? text)
  if (match === null) throw wrong(`${shown(text)} is not of the form this_N_units or previous_N_units`)
  const [, which, digits = '1', unit] = match as unknown as [string, string, string | undefined, Unit]
  const count = Number(digits)
  if (count < 1 || count > UNITS_MAX) throw wrong(`${digits} units are not between 1 and ${UNITS_MAX}`)
  const step = UNITS[unit]
  const present = step.floor(localMsOf(when.zone, when.nowMs))
  const [first, last] = which === 'this' ? [1 - count, 1] : [-count, 0]
  if (step.isClockTime) return clockTime(step, { present, first, last }, when)
  const start = instantOf(when.zone, step.add(present, first))
  const end = instantOf(when.zone, step.add(present, last))
  if (!(Math.abs(start) <= TIME_MS_MAX)) throw wrong(`${shown(text)} begins before time does`)
  return { start, end }
}

/** Hours and minutes are counted in time that passes, days and longer in the calendar. */
function clockTime(
  step: Step,
  units: { readonly present: number; readonly first: number; readonly last: number },
  { zone, nowMs }: { readonly zone: TimeZone; readonly nowMs: EpochMs },
): Timeframe {
  const present = nowMs - (localMsOf(zone, nowMs) - units.present)
  return { start: step.add(present, units.first), end: step.add(present, units.last) }
}

type Unit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year'

/** Of clock readings, as if they were UTC. */
interface Step {
  readonly isClockTime: boolean
  /** The beginning of the unit. */
  floor(localMs: number): number
  add(localMs: number, count: number): number
}

function evenly(unitMs: number, isClockTime: boolean, offsetMs = 0): Step {
  return {
    isClockTime,
    floor: localMs => Math.floor((localMs - offsetMs) / unitMs) * unitMs + offsetMs,
    add: (localMs, count) => localMs + count * unitMs,
  }
}

function monthly(months: number): Step {
  const monthsSinceZero = (localMs: number): number => {
    const date = new Date(localMs)
    return date.getUTCFullYear() * 12 + date.getUTCMonth()
  }
  const beginOf = (month: number): number =>
    new Date(0).setUTCFullYear(Math.floor(month / 12), month - Math.floor(month / 12) * 12, 1)
  return {
    isClockTime: false,
    floor: localMs => beginOf(Math.floor(monthsSinceZero(localMs) / months) * months),
    add: (localMs, count) => beginOf(monthsSinceZero(localMs) + count * months),
  }
}

const DAY_MS = 86_400_000

const UNITS: Readonly<Record<Unit, Step>> = {
  minute: evenly(60_000, true),
  hour: evenly(3_600_000, true),
  day: evenly(DAY_MS, false),
  // 1970 began on a Thursday, so its first Sunday was three days later.
  week: evenly(7 * DAY_MS, false, 3 * DAY_MS),
  month: monthly(1),
  year: monthly(12),
}

/** `last` is how Keen's first clients said `previous`. */
const RELATIVE = /^(this|previous|last)_(?:(\d{1,9})_)?(minute|hour|day|week|month|year)s?$/
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['today', 'this_1_days'],
  ['yesterday', 'previous_1_days'],
])

const UNITS_MAX = 100_000
const TIME_MS_MAX = 8_640_000_000_000_000

function wrong(what: string): QueryError {
  return new QueryError('TimeframeDefinitionError', `You sent in an invalid definition for the timeframe: '${what}'.`)
}

/** What a client sent may be as deep as its body is long, so nothing here goes down into it. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing'
  if (typeof value !== 'object' || value === null) return JSON.stringify(value).slice(0, 100)
  return Array.isArray(value) ? 'a list' : 'an object'
}
