// A query as readers ask it and as invariants understand it: the part of the API that is asked in scenarios, with its meaning
// written down a second time, from the specification and not from the product.

export interface Query {
  readonly analysis: 'count' | 'extraction'
  readonly project: string
  readonly collection: string
  readonly filters: readonly Filter[]
  /** Undefined: all time. */
  readonly timeframe?: Timeframe
}

export interface Filter {
  readonly property_name: string
  readonly operator: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte' | 'in' | 'contains'
  readonly property_value: string | number | boolean | readonly (string | number)[]
}

/** start inclusive, end exclusive, both as ISO 8601 with a Z; or `this_3_hours`: those that end with the present hour. */
export type Timeframe = { readonly start: string; readonly end: string } | string

/** A moment of which it is known only that it lies in here, both ends included. */
export interface Span {
  readonly minMs: number
  readonly maxMs: number
}

export type Match = 'yes' | 'no' | 'maybe'

/** Two queries with one text ask the same. */
export function formatQuery(query: Query): string {
  const { analysis, project, collection, filters, timeframe } = query
  return JSON.stringify([analysis, project, collection, filters, timeframe ?? null])
}

/** Whether an event with these properties passes all filters. */
export function passes(filters: readonly Filter[], properties: unknown): boolean {
  return filters.every(filter => passesOne(filter, propertyAt(properties, filter.property_name)))
}

/** Whether an event of that time lies in the timeframe of a query that was answered at some moment of `asked`. */
export function inTimeframe(timeframe: Timeframe | undefined, time: Span, asked: Span): Match {
  if (timeframe === undefined) return 'yes'
  const [narrow, wide] = boundsOf(timeframe, asked)
  if (time.minMs >= narrow.minMs && time.maxMs <= narrow.maxMs) return 'yes'
  return time.maxMs < wide.minMs || time.minMs > wide.maxMs ? 'no' : 'maybe'
}

/** What the timeframe surely covers, and what it may cover. Empty ones have a maximum below their minimum. */
function boundsOf(timeframe: Timeframe, asked: Span): readonly [narrow: Span, wide: Span] {
  if (typeof timeframe !== 'string') {
    const span = { minMs: epochMsOf(timeframe.start), maxMs: epochMsOf(timeframe.end) - 1 }
    return [span, span]
  }
  const [, count = '', unit = ''] = /^this_([1-9][0-9]*)_(minute|hour|day)s$/.exec(timeframe) ?? []
  const unitMs = UNIT_MS[unit]
  if (unitMs === undefined) throw new RangeError(`no scenario asks for the timeframe ${timeframe}`)
  const coverAt = (nowMs: number): Span => {
    const endMs = (Math.floor(nowMs / unitMs) + 1) * unitMs
    return { minMs: endMs - Number(count) * unitMs, maxMs: endMs - 1 }
  }
  const [first, last] = [coverAt(asked.minMs), coverAt(asked.maxMs)]
  return [
    { minMs: last.minMs, maxMs: first.maxMs },
    { minMs: first.minMs, maxMs: last.maxMs },
  ]
}

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** Values of different JSON types never compare; a missing property passes `ne` alone. */
function passesOne({ operator, property_value: wanted }: Filter, value: unknown): boolean {
  switch (operator) {
    case 'eq':
      return value === wanted || (Array.isArray(value) && value.includes(wanted))
    case 'ne':
      return !passesOne({ operator: 'eq', property_name: '', property_value: wanted }, value)
    case 'in':
      return (
        Array.isArray(wanted) &&
        wanted.some(one => passesOne({ operator: 'eq', property_name: '', property_value: one as string }, value))
      )
    case 'contains':
      return typeof value === 'string' && typeof wanted === 'string' && value.includes(wanted)
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return compares(operator, value, wanted)
  }
}

function compares(operator: 'gt' | 'gte' | 'lt' | 'lte', value: unknown, wanted: unknown): boolean {
  const areComparable =
    (typeof value === 'number' && typeof wanted === 'number') ||
    (typeof value === 'string' && typeof wanted === 'string')
  if (!areComparable) return false
  switch (operator) {
    case 'gt':
      return value > wanted
    case 'gte':
      return value >= wanted
    case 'lt':
      return value < wanted
    case 'lte':
      return value <= wanted
  }
}

function propertyAt(properties: unknown, path: string): unknown {
  let value = properties
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    value = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
  }
  return value
}

/** Of `YYYY-MM-DDTHH:MM:SS.mmmZ`, the one form that scenarios use. NaN otherwise. Rows are many: no regular expression. */
export function epochMsOf(iso: string): number {
  if (iso.length !== ISO_FORM.length) return NaN
  for (let at = 0; at < ISO_FORM.length; at++) {
    const code = iso.charCodeAt(at)
    const isThere = ISO_FORM[at] === '0' ? code >= 48 && code <= 57 : iso[at] === ISO_FORM[at]
    if (!isThere) return NaN
  }
  const number = (from: number, to: number): number => Number(iso.slice(from, to))
  const seconds = Date.UTC(
    number(0, 4),
    number(5, 7) - 1,
    number(8, 10),
    number(11, 13),
    number(14, 16),
    number(17, 19),
  )
  return seconds + number(20, 23)
}

/** 0: any digit. */
const ISO_FORM = '0000-00-00T00:00:00.000Z'
