// The Date header, from the Clock port: Node's own is cached by a timer that is not ours.

import type { EpochMs } from '../runtime/clock.ts'

/** `Sun, 06 Nov 1994 08:49:37 GMT`, as RFC 9110 writes it. */
export function httpDate(atMs: EpochMs): string {
  const seconds = Math.floor(atMs / 1000)
  const days = Math.floor(seconds / DAY_SECONDS)
  const ofDay = seconds - days * DAY_SECONDS
  const { year, month, day } = civilDate(days)
  const time = [Math.floor(ofDay / 3600), Math.floor(ofDay / 60) % 60, ofDay % 60].map(twoDigits).join(':')
  const weekday = WEEKDAYS[(((days + 4) % 7) + 7) % 7] ?? ''
  return `${weekday}, ${twoDigits(day)} ${MONTHS[month - 1] ?? ''} ${String(year).padStart(4, '0')} ${time} GMT`
}

/** Of the proleptic Gregorian calendar, counting years from March, so that the leap day is a year's last. */
function civilDate(daysSince1970: number): { year: number; month: number; day: number } {
  const shifted = daysSince1970 + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const leapDays = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096)
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1
  return { year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day }
}

const DAY_SECONDS = 86_400
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
