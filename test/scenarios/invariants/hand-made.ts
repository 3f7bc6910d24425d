// A history made by hand, good in every way, and changes to it that make it bad in one.

import type {
  Attempt,
  History,
  Operation,
  Phase,
  QueryOperation,
  Row,
  WriteOperation,
} from '../../../scenarios/history.ts'
import type { Evidence } from '../../../scenarios/invariants/invariant.ts'
import type { Query } from '../../../scenarios/query.ts'
import type { SourceEvent } from '../../../scenarios/source-event.ts'

export const START_EPOCH_MS: number = Date.UTC(2026, 0, 1)

/** The seconds in which write hosts took the attempts. */
const RECEIVED: Readonly<Record<string, number>> = {
  'flights-1/1': 1,
  'flights-2/1': 4,
  'flights-2/2': 6,
  'flights-3/2': 8,
  'flights-4/1': 20,
}

export const EVENTS: readonly SourceEvent[] = [
  event('flights-1', { delay: 5 }),
  event('flights-2', { delay: 50 }),
  event('flights-3', { delay: 70 }, Date.UTC(2001, 0, 1)),
  event('flights-4', { delay: 90 }),
]

/**
 * Seconds: flights-1 is written at 1 and read at 3. flights-2 gets no answer at 4, again at 6 and is accepted as its second
 * attempt, while its first is never seen. flights-3 is refused by a crash at 7 and accepted at 8. From 20 on all is calm:
 * flights-4 is fresh at 20, and all of them are read, counted, and read again.
 */
export const GOOD: History = [
  write(1, 'warm-up', [['flights-1', 1, 'accepted']]),
  extraction(3, 'storm', [row('flights-1', 1)]),
  write(4, 'storm', [['flights-2', 1, 'unknown']], { kind: 'none', why: 'no answer in time' }),
  { ...extraction(5, 'storm', [row('flights-1', 1)]), reply: { kind: 'none', why: 'reset' } },
  write(6, 'storm', [['flights-2', 2, 'accepted']]),
  write(7, 'storm', [['flights-3', 1, 'failed']], { kind: 'not-sent', why: 'ECONNREFUSED' }),
  write(8, 'storm', [['flights-3', 2, 'accepted']]),
  count(9, 'storm', 2),
  bad(10, 'storm'),
  write(20, 'final', [['flights-4', 1, 'accepted']]),
  extraction(23, 'final', [row('flights-4', 1)], {
    filters: [{ property_name: 'delay', operator: 'eq', property_value: 90 }],
  }),
  extraction(25, 'final', everything()),
  count(26, 'final', 4),
  count(27, 'final', 3, { filters: [{ property_name: 'delay', operator: 'gt', property_value: 30 }] }),
  count(28, 'final', 3, { timeframe: 'this_10_minutes' }),
  extraction(29, 'final', [row('flights-3', 2)], {
    timeframe: { start: '2001-01-01T00:00:00.000Z', end: '2001-02-01T00:00:00.000Z' },
  }),
  extraction(30, 'final', everything()),
]

export function evidenceOf(history: History): Evidence {
  return { history, events: new Map(EVENTS.map(one => [one.key, one])), startEpochMs: START_EPOCH_MS }
}

/** The good history with the operation that was called in that second changed. */
export function changedAt(second: number, change: (operation: Operation) => Operation): Evidence {
  const found = GOOD.filter(operation => operation.invokedMicros === second * 1_000_000)
  if (found.length !== 1) throw new RangeError(`there are ${found.length} operations of second ${second}`)
  return evidenceOf(GOOD.map(operation => (operation === found[0] ? change(operation) : operation)))
}

/** The good history with other rows in the extraction of that second. */
export function withRows(second: number, change: (rows: readonly Row[]) => readonly Row[]): Evidence {
  return changedAt(second, operation => {
    if (operation.kind !== 'query' || operation.result?.kind !== 'extraction') throw new RangeError('no extraction')
    return { ...operation, result: { kind: 'extraction', rows: change(operation.result.rows) } }
  })
}

/** The good history with another count in that second. */
export function withCount(second: number, counted: number): Evidence {
  return changedAt(second, operation => {
    if (operation.kind !== 'query') throw new RangeError('no query')
    return { ...operation, result: { kind: 'count', count: counted } }
  })
}

/** As it is read when all is well; each attempt has been received 100 ms after its second. */
export function row(key: string, number: number, more: Partial<Row> = {}): Row {
  const createdAtMs = START_EPOCH_MS + (RECEIVED[`${key}/${number}`] ?? 0) * 1_000 + 100
  const timestampMs = EVENTS.find(one => one.key === key)?.timestamp?.ms ?? createdAtMs
  return { attempt: { key, number }, id: `id-${key}-${number}`, timestampMs, createdAtMs, ...more }
}

function everything(): readonly Row[] {
  return [row('flights-1', 1), row('flights-2', 2), row('flights-3', 2), row('flights-4', 1)]
}

function event(key: string, properties: Record<string, unknown>, timestampMs?: number): SourceEvent {
  const base = { key, project: 'birds', collection: 'flights', properties }
  return timestampMs === undefined ? base : { ...base, timestamp: { text: 'as sent', ms: timestampMs } }
}

type Told = readonly [key: string, number: number, fate: 'accepted' | 'failed' | 'unknown']

function write(
  second: number,
  phase: Phase,
  told: readonly Told[],
  reply: WriteOperation['reply'] = { kind: 'status', status: 201 },
): WriteOperation {
  return {
    ...{ kind: 'write', host: 'client-1', form: 'single', project: 'birds', phase, reply },
    ...times(second),
    items: told.map(([key, number, kind]) => {
      const attempt: Attempt = { key, number }
      return { collection: 'flights', what: { kind: 'event', attempt }, fate: { kind } }
    }),
  }
}

function bad(second: number, phase: Phase): WriteOperation {
  const expected = { status: 400, code: 'InvalidEventError' }
  return {
    ...{ kind: 'write', host: 'client-1', form: 'single', project: 'birds', phase },
    ...times(second),
    reply: { kind: 'status', status: 400, code: 'InvalidEventError', message: 'no' },
    items: [
      {
        collection: 'flights',
        what: { kind: 'bad', name: 'list for an event', expected },
        fate: { kind: 'refused', code: 'InvalidEventError' },
      },
    ],
  }
}

function extraction(
  second: number,
  phase: Phase,
  rows: readonly Row[],
  more: Partial<Pick<Query, 'filters' | 'timeframe'>> = {},
): QueryOperation {
  return { ...query(second, phase, { analysis: 'extraction', ...more }), result: { kind: 'extraction', rows } }
}

function count(
  second: number,
  phase: Phase,
  counted: number,
  more: Partial<Pick<Query, 'filters' | 'timeframe'>> = {},
): QueryOperation {
  return { ...query(second, phase, { analysis: 'count', ...more }), result: { kind: 'count', count: counted } }
}

function query(second: number, phase: Phase, asked: Pick<Query, 'analysis'> & Partial<Query>): QueryOperation {
  return {
    ...{ kind: 'query', host: 'reader-1', phase, reply: { kind: 'status', status: 200 } },
    ...times(second),
    query: { project: 'birds', collection: 'flights', filters: [], ...asked },
  }
}

/** Each operation takes 200 ms. */
function times(second: number): { readonly invokedMicros: number; readonly returnedMicros: number } {
  return { invokedMicros: second * 1_000_000, returnedMicros: second * 1_000_000 + 200_000 }
}
