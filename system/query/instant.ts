// Moments as queries write them: ISO 8601, with or without a zone.

import type { EpochMs } from '../runtime/clock.ts'

export interface WrittenInstant {
  /** The moment, were it written in UTC. */
  readonly localMs: EpochMs
  /** What it says about its zone: so many milliseconds east of UTC; undefined: nothing. */
  readonly offsetMs: number | undefined
}

/**
 * `YYYY-MM-DD`, then optionally `T` or a space with `HH:MM`, `:SS` and a fraction, then optionally `Z`, `±HH:MM`, `±HHMM` or
 * `±HH`. Some of Keen's clients write `Z+00:00`. Digits beyond the millisecond are cut. Undefined: no such moment.
 */
export function parseInstant(text: string): WrittenInstant | undefined {
  const match = text.length > TEXT_LENGTH_MAX ? null : FORM.exec(text)
  if (match === null) return undefined
  const numberAt = (group: number): number => Number(match[group] ?? 0)
  const [year, month, day] = [numberAt(1), numberAt(2), numberAt(3)]
  const [hour, minute, second] = [numberAt(4), numberAt(5), numberAt(6)]
  const millisecond = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3))
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  // A day that the month does not have has moved into the next one.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  date.setUTCHours(hour, minute, second, millisecond)
  return offsetOf(match, date.getTime())
}

function offsetOf(match: RegExpExecArray, localMs: EpochMs): WrittenInstant | undefined {
  const [isUtc, sign] = [match[8] !== undefined, match[9]]
  if (sign === undefined) return { localMs, offsetMs: isUtc ? 0 : undefined }
  const [hours, minutes] = [Number(match[10]), Number(match[11] ?? 0)]
  if (hours > 18 || minutes > 59) return undefined
  const offsetMs = (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000
  return isUtc && offsetMs !== 0 ? undefined : { localMs, offsetMs }
}

const FORM =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?([Zz])?(?:([+-])(\d{2})(?::?(\d{2}))?)?$/
const TEXT_LENGTH_MAX = 48
