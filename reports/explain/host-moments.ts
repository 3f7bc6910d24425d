// What hosts said about an event: about its place in the log, about ranges that cover it, about its lane.

import { parseEventId } from '../../system/store/event-id.ts'
import { formatAttempt } from '../../scenarios/history.ts'
import type { History, WriteOperation } from '../../scenarios/history.ts'
import { formatFields } from '../log-text.ts'
import type { LogRecord } from '../log-text.ts'
import type { Moment } from './moment.ts'
import { rowsOf } from './subject.ts'
import type { Found } from './subject.ts'

/** Where a record stands, and the lane and number under which its writer sent it, as far as known. */
interface RecordPlace {
  readonly partition: number
  readonly offset: number
  /** Of the event in its record; undefined: all of them. */
  readonly index?: number
  /** Where the event is kept, as far as known: a range has blocks and index rows of many collections and months. */
  readonly kept: Readonly<Record<string, unknown>>
  readonly writer?: unknown
  readonly n?: unknown
}

/** In the order of the log. */
export function hostMoments(logs: readonly LogRecord[], history: History, found: Found): readonly Moment[] {
  const settled = settledLines(logs, history, found)
  const places = placesOf(logs, found, settled)
  const isAboutRecord = (line: LogRecord): boolean => places.some(place => speaksOf(line, place))
  const blocks = new Set(logs.filter(isAboutRecord).flatMap(({ fields = {} }) => textsOf(fields['block'])))
  const isAboutBlock = ({ fields = {} }: LogRecord): boolean =>
    textsOf(fields['block']).some(block => blocks.has(block))
  return logs
    .filter(line => settled.has(line) || isAboutBlock(line) || isAboutRecord(line))
    .map(line => momentOf(line, settled.get(line)))
}

/**
 * The write host's word on a request says where its record is, not whose it was. So where no reader's id leads to it, it is
 * found by project, number of events and time, among those that are not known to be about others.
 */
function settledLines(logs: readonly LogRecord[], history: History, found: Found): ReadonlyMap<LogRecord, string> {
  const settled = new Map<LogRecord, string>()
  const taken = placesSeen(history)
  const open = logs.filter(line => SETTLED.has(line.message) && !taken.has(placeKey(line.fields)))
  for (const operation of history) {
    if (operation.kind !== 'write' || operation.reply.kind === 'not-sent') continue
    const names = unseenIn(operation, found).join(', ')
    if (names === '') continue
    const fitting = open.filter(line => isWordOn(line, operation))
    if (fitting.length > GUESSES_MAX) continue
    for (const line of fitting) {
      const isOnly = fitting.length === 1
      settled.set(
        line,
        isOnly ? `about the request of ${names}` : `one of ${fitting.length} that may be about ${names}`,
      )
    }
  }
  return settled
}

/** More of them tell nothing. */
const GUESSES_MAX = 3

/** Where the records of all events stand that readers saw. */
function placesSeen(history: History): ReadonlySet<string> {
  const ids = new Set(history.flatMap(operation => rowsOf(operation).map(({ id = '' }) => id)))
  const places = [...ids].flatMap(id => parseEventId(id) ?? [])
  return new Set(places.map(placeKey))
}

function placeKey({ partition, offset }: { readonly partition?: unknown; readonly offset?: unknown } = {}): string {
  return `${String(partition)} ${String(offset)}`
}

/** What a write host says when the outcome of a record stands. */
const SETTLED: ReadonlySet<string> = new Set(['event accepted', 'event refused', 'event outcome unknown'])

/** After a request that was given up, the write host may still go on with its record. */
const AFTER_SILENCE_MICROS = 30_000_000

function unseenIn(operation: WriteOperation, found: Found): readonly string[] {
  return operation.items.flatMap(({ what }) => {
    if (what.kind !== 'event') return []
    const name = formatAttempt(what.attempt)
    return found.get(name)?.ids.size === 0 ? [name] : []
  })
}

function isWordOn({ atMicros, fields = {} }: LogRecord, operation: WriteOperation): boolean {
  const { invokedMicros, returnedMicros, reply, project, items } = operation
  const untilMicros = reply.kind === 'status' ? returnedMicros : returnedMicros + AFTER_SILENCE_MICROS
  const events = items.filter(({ what }) => what.kind === 'event').length
  const isInTime = atMicros >= invokedMicros && atMicros <= untilMicros
  return isInTime && fields['project'] === project && fields['events'] === events
}

function placesOf(
  logs: readonly LogRecord[],
  found: Found,
  settled: ReadonlyMap<LogRecord, string>,
): readonly RecordPlace[] {
  const accepted = logs.filter(line => line.message === 'event accepted')
  const known = [...found.values()].flatMap(({ ids, sentTo }) =>
    [...ids].flatMap((id): readonly RecordPlace[] => {
      const place = parseEventId(id)
      if (place === undefined) return []
      const { partition, offset, index, month } = place
      const isHere = ({ fields = {} }: LogRecord): boolean =>
        fields['partition'] === partition && fields['offset'] === offset
      const { writer, n } = accepted.find(isHere)?.fields ?? {}
      return [{ partition, offset, index, writer, n, kept: { ...sentTo, month } }]
    }),
  )
  const guessed = [...settled.keys()].flatMap(({ fields = {} }): readonly RecordPlace[] => {
    const { partition, offset, writer, n } = fields
    return typeof partition === 'number' && typeof offset === 'number'
      ? [{ partition, offset, writer, n, kept: {} }]
      : []
  })
  return settled.size === 1 ? [...known, ...guessed] : known
}

function speaksOf({ fields = {} }: LogRecord, place: RecordPlace): boolean {
  const { partition, offset, index, start, end, topic } = fields
  // Brokers number the partitions of their own topics, too.
  if (partition !== place.partition || (typeof topic === 'string' && topic.startsWith('__'))) return false
  const isElsewhere = ([name, value]: [string, unknown]): boolean => (fields[name] ?? value) !== value
  if (Object.entries(place.kept).some(isElsewhere)) return false
  if (typeof start === 'number' && typeof end === 'number') return start <= place.offset && place.offset < end
  if (offset === place.offset) return index === undefined || place.index === undefined || index === place.index
  return isOfRecord(fields, place)
}

/** One record of a lane, or a batch of so many from one on. */
function isOfRecord({ writer, n, records = 1 }: Readonly<Record<string, unknown>>, place: RecordPlace): boolean {
  if (typeof n !== 'number' || typeof records !== 'number' || typeof place.n !== 'number') return false
  return writer === place.writer && n <= place.n && place.n < n + records
}

function textsOf(value: unknown): readonly string[] {
  return typeof value === 'string' ? [value] : []
}

function momentOf(line: LogRecord, remark: string | undefined): Moment {
  const { atMicros, host, message, fields } = line
  return {
    atMicros,
    host,
    what: [message, ...formatFields(fields), ...(remark === undefined ? [] : [`(${remark})`])].join('  '),
  }
}
