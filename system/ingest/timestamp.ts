// keen.timestamp: a moment as ISO 8601 writes it, as milliseconds since 1970.

import type { EpochMs } from '../runtime/clock.ts'

/**
 * `YYYY-MM-DD`, then optionally `T` (or a space) with `HH:MM`, `:SS` and a fraction of 1 to 9 digits, then optionally
 * `Z`, `±HH:MM`, `±HHMM` or `±HH`. Without a zone it is UTC: Python's clients send naive times. Digits beyond the
 * millisecond are cut, not rounded, so that no event moves into the next second. Undefined: this is no such moment.
 */
export function parseTimestamp(text: string): EpochMs | undefined {
  const match = text.length <= TEXT_LENGTH_MAX ? FORM.exec(text) : null
  if (match === null) return undefined
  const [year, month, day] = [numberOf(match[1]), numberOf(match[2]), numberOf(match[3])]
  const [hour, minute, second] = [numberOf(match[4]), numberOf(match[5]), numberOf(match[6])]
  const millisecond = numberOf((match[7] ?? '').padEnd(3, '0').slice(0, 3))
  const [zoneHour, zoneMinute] = [numberOf(match[10]), numberOf(match[11])]
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 59 || zoneHour > 23 || zoneMinute > 59) return undefined
  const zoneMinutes = (match[9] === '-' ? -1 : 1) * (zoneHour * 60 + zoneMinute)
  const minutes = (daysSince1970(year, month, day) * 24 + hour) * 60 + minute - zoneMinutes
  return (minutes * 60 + second) * 1000 + millisecond
}

const FORM =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?([Zz]|([+-])(\d{2}):?(\d{2})?)?)?$/
const TEXT_LENGTH_MAX = 40

function numberOf(digits: string | undefined): number {
  return digits === undefined || digits === '' ? 0 : Number(digits)
}

function daysOfMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
}

/** Of the proleptic Gregorian calendar. Years are counted from March, so that the leap day is a year's last. */
function daysSince1970(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1
  const era = Math.floor(marchYear / 400)
  const yearOfEra = marchYear - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * DAYS_OF_ERA + dayOfEra - DAYS_TO_1970
}

const DAYS_OF_ERA = 146_097
const DAYS_TO_1970 = 719_468
