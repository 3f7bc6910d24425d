// Timestamps in the forms of ISO 8601 that CQL takes. Without a zone they are UTC: a server has no other here.

import { invalid } from '../request-error.ts'

const FORM =
  /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?(?:\s?(Z|UTC|GMT|([+-])(\d{2}):?(\d{2})?))?$/

/** Milliseconds since 1970. */
export function parseTimestamp(text: string): number {
  const match = FORM.exec(text)
  if (match === null) throw unparsable(text)
  const part = (index: number): number => Number(match[index] ?? 0)
  const [month, day, hour, minute, second] = [part(2), part(3), part(4), part(5), part(6)]
  const millis = Number((match[7] ?? '').padEnd(3, '0'))
  const atMs = Date.UTC(part(1), month - 1, day, hour, minute, second, millis)
  const isReal = new Date(atMs).getUTCMonth() === month - 1 && hour < 24 && minute < 60 && second < 60
  if (!isReal) throw unparsable(text)
  const zoneMinutes = (match[9] === '-' ? -1 : 1) * (part(10) * 60 + part(11))
  return atMs - zoneMinutes * 60_000
}

function unparsable(text: string): Error {
  return invalid(`Unable to parse a date/time from '${text}'`)
}
