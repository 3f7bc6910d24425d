// From an event as an extraction gives it to what invariants need of it: whose it is, and whether it is what was sent.

import type { Attempt, Row } from './history.ts'
import { epochMsOf } from './query.ts'
import { SENT } from './source-event.ts'
import type { SourceEvent } from './source-event.ts'

/** Answers repeat each other: a row that was read before is the same object again, so that a long history stays small. */
export class RowReader {
  readonly #events: ReadonlyMap<string, SourceEvent>
  readonly #known = new Map<string, Row>()

  constructor(events: ReadonlyMap<string, SourceEvent>) {
    this.#events = events
  }

  read(raw: unknown): Row {
    const row = this.#read(raw)
    if (row.id === undefined) return row
    const known = this.#known.get(row.id)
    if (known !== undefined && isSame(known, row)) return known
    this.#known.set(row.id, row)
    return row
  }

  #read(raw: unknown): Row {
    if (!isObject(raw)) return { ...NOTHING, difference: `the row is ${shown(raw)}` }
    const keen = isObject(raw['keen']) ? raw['keen'] : {}
    const attempt = attemptOf(raw[SENT])
    const row = {
      attempt,
      id: typeof keen['id'] === 'string' ? keen['id'] : undefined,
      timestampMs: timeOf(keen['timestamp']),
      createdAtMs: timeOf(keen['created_at']),
    }
    const event = attempt === undefined ? undefined : this.#events.get(attempt.key)
    const difference = event === undefined ? undefined : differenceOf(event, raw, keen)
    return difference === undefined ? row : { ...row, difference }
  }
}

const NOTHING: Row = { attempt: undefined, id: undefined, timestampMs: undefined, createdAtMs: undefined }

/** Undefined where what was read is what was sent, and what the server adds, and nothing else. */
function differenceOf(
  event: SourceEvent,
  raw: Readonly<Record<string, unknown>>,
  keen: Readonly<Record<string, unknown>>,
): string | undefined {
  const { properties, location } = event
  let count = 0
  for (const name in properties) {
    count++
    const path = difference(properties[name], raw[name], name)
    if (path !== undefined) return path
  }
  if (Object.keys(raw).length !== count + 2) return `its properties are ${Object.keys(raw).join(', ')}`
  const keenNames = Object.keys(keen).length
  if (keenNames !== (location === undefined ? 3 : 4)) return `keen has ${Object.keys(keen).join(', ')}`
  return location === undefined ? undefined : difference(location, keen['location'], 'keen.location')
}

/** The first path at which two JSON values differ, with both values; the order of names does not count. */
function difference(sent: unknown, read: unknown, path: string): string | undefined {
  if (sent === read) return undefined
  const isDeep = typeof sent === 'object' && sent !== null && typeof read === 'object' && read !== null
  if (!isDeep || Array.isArray(sent) !== Array.isArray(read)) return `${path}: sent ${shown(sent)}, read ${shown(read)}`
  const [a, b] = [sent as Record<string, unknown>, read as Record<string, unknown>]
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return `${path}: sent ${shown(sent)}, read ${shown(read)}`
  for (const name of names) {
    const found = Object.hasOwn(b, name) ? difference(a[name], b[name], `${path}.${name}`) : `${path}.${name}: not read`
    if (found !== undefined) return found
  }
  return undefined
}

function attemptOf(sent: unknown): Attempt | undefined {
  if (!isObject(sent)) return undefined
  const { key, attempt } = sent
  return typeof key === 'string' && typeof attempt === 'number' ? { key, number: attempt } : undefined
}

function timeOf(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? epochMsOf(value) : NaN
  return Number.isNaN(ms) ? undefined : ms
}

function isSame(a: Row, b: Row): boolean {
  return (
    a.attempt?.key === b.attempt?.key &&
    a.attempt?.number === b.attempt?.number &&
    a.timestampMs === b.timestampMs &&
    a.createdAtMs === b.createdAtMs &&
    a.difference === b.difference
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 200)
}
