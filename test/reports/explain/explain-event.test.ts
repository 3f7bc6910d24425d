import { describe, expect, it } from 'vitest'
import { explainEvent } from '../../../reports/explain/explain-event.ts'
import { formatExplanation } from '../../../reports/explain/explanation-text.ts'
import { parseSubject } from '../../../reports/explain/subject.ts'
import type { LogRecord } from '../../../reports/log-text.ts'
import type { FaultRecord } from '../../../reports/run-record.ts'
import type { History, QueryOperation, Row, WriteOperation } from '../../../scenarios/history.ts'

/** Log 0, partition 3, offset 76, event 1 of its record, March 2001. */
const ID = '00003' + '0000000004c' + '00004176'
const COPY = '00003' + '0000000004e' + '00004176'

const ATTEMPT = { key: 'flights-00017', number: 1 }
const AGAIN = { key: 'flights-00017', number: 2 }
const OTHER = { key: 'flights-00018', number: 1 }

function sent(attempt: { key: string; number: number }, more: Partial<WriteOperation> = {}): WriteOperation {
  return {
    ...{ kind: 'write', host: 'client-1', phase: 'storm', form: 'bulk', project: 'birds' },
    ...{ invokedMicros: 1_000_000, returnedMicros: 2_000_000 },
    reply: { kind: 'none', why: 'no answer in time' },
    items: [OTHER, attempt].map(each => ({
      ...{ collection: 'flights', what: { kind: 'event', attempt: each }, fate: { kind: 'unknown' } },
    })),
    ...more,
  }
}

function asked(rows: readonly Partial<Row>[], more: Partial<QueryOperation> = {}): QueryOperation {
  const unread = { attempt: undefined, id: undefined, timestampMs: undefined, createdAtMs: undefined }
  return {
    ...{ kind: 'query', host: 'reader-1', phase: 'storm', invokedMicros: 4_900_000, returnedMicros: 5_000_000 },
    query: { analysis: 'extraction', project: 'birds', collection: 'flights', filters: [] },
    reply: { kind: 'status', status: 200 },
    result: { kind: 'extraction', rows: rows.map(row => ({ ...unread, ...row })) },
    ...more,
  }
}

function line(atMicros: number, host: string, message: string, fields: Record<string, unknown>): LogRecord {
  return { atMicros, host, level: 'info', message, fields }
}

const ACCEPTED = line(1_900_000, 'write-1', 'event accepted', {
  ...{ partition: 3, offset: 76, writer: 'aa', n: 5, project: 'birds', events: 2 },
})

function explain(
  about: string,
  history: History,
  logs: readonly LogRecord[],
  faults: readonly FaultRecord[] = [],
): string {
  const subject = parseSubject(about)
  if (subject === undefined) throw new Error(`${about} is no subject`)
  const explanation = explainEvent({ history, logs, faults }, subject)
  return explanation === undefined ? 'nothing' : formatExplanation(explanation)
}

describe('the story of an event', () => {
  it('goes from its client through the log to a reader, in order, with what acted meanwhile', () => {
    const logs = [
      line(1_500_000, 'write-1', 'produce failed', { partition: 3, writer: 'aa', n: 4, records: 2, attempt: 1 }),
      ACCEPTED,
      line(3_000_000, 'stream-1', 'block written', { partition: 3, start: 70, end: 80, month: 374, block: 'b1' }),
      line(3_000_001, 'stream-1', 'block written', { partition: 3, start: 70, end: 80, month: 375, block: 'b2' }),
      line(3_100_000, 'stream-1', 'duplicate dropped', { partition: 3, offset: 78, writer: 'aa', n: 5 }),
      line(3_200_000, 'stream-1', 'range committed', { partition: 3, start: 70, end: 80, events: 12 }),
      line(4_950_000, 'query-1', 'block not whole', { block: 'b1', level: 'local-one' }),
    ]
    const faults = [
      { fault: 'crash kafka-2', fromMicros: 1_200_000, toMicros: 2_500_000, bites: 3 },
      { fault: 'crash store-1', fromMicros: 100_000_000, toMicros: 200_000_000, bites: 3 },
    ]
    const history = [
      sent(ATTEMPT),
      asked([{ attempt: OTHER, id: COPY }], { returnedMicros: 2_000_000 }),
      asked([{ attempt: ATTEMPT, id: ID }]),
      asked([{ attempt: ATTEMPT, id: ID }], { returnedMicros: 9_000_000, phase: 'final' }),
    ]
    expect(explain('flights-00017/1', history, logs, faults)).toBe(
      `
flights-00017/1: nobody told the client what became of it; first seen at 0:05.000000, in 2 answers, 1 of them at the end
  keen.id ${ID}: log 0, partition 3, offset 76, event 1 of its record, kept under 2001-03

0:01.000000  client-1  sends flights-00017/1 to birds, collection flights, in bulk, one of 2
0:01.200000  (world)   fault begins: crash kafka-2
0:01.500000  write-1   produce failed  partition=3  writer=aa  n=4  records=2  attempt=1
0:01.900000  write-1   event accepted  partition=3  offset=76  writer=aa  n=5  project=birds  events=2
0:02.000000  client-1  flights-00017/1 is of unknown fate: no answer, no answer in time
0:02.500000  (world)   fault ends: crash kafka-2
0:03.000000  stream-1  block written  partition=3  start=70  end=80  month=374  block=b1
0:03.100000  stream-1  duplicate dropped  partition=3  offset=78  writer=aa  n=5
0:03.200000  stream-1  range committed  partition=3  start=70  end=80  events=12
0:04.950000  query-1   block not whole  block=b1  level=local-one
0:05.000000  reader-1  sees flights-00017/1 for the first time; as ${ID}; extraction of flights
`.trim(),
    )
  })

  it.each([
    ['its id', ID],
    ['its name', 'flights-00017'],
    ['one attempt', 'flights-00017/1'],
  ])('is found by %s', (_, about) => {
    expect(explain(about, [sent(ATTEMPT), asked([{ attempt: ATTEMPT, id: ID }])], [])).toContain(`keen.id ${ID}`)
  })

  it.each(['flights-00099', 'flights-00017/9', '0'.repeat(24)])(
    '%s was never sent, so nothing is told of it',
    about => {
      expect(explain(about, [sent(ATTEMPT), asked([{ attempt: ATTEMPT, id: ID }])], [ACCEPTED])).toBe('nothing')
    },
  )

  it('by the name alone it has every attempt', () => {
    const text = explain('flights-00017', [sent(ATTEMPT), sent(AGAIN, { invokedMicros: 3_000_000 })], [])
    expect(text.split('\n').slice(0, 2)).toEqual([
      'flights-00017/1: nobody told the client what became of it; no reader ever saw it',
      'flights-00017/2: nobody told the client what became of it; no reader ever saw it',
    ])
  })

  it('of an attempt that nobody saw has the one word of a write host that fits its request', () => {
    const later = line(4_000_000, 'stream-1', 'range committed', { partition: 3, start: 70, end: 80 })
    const text = explain('flights-00017/1', [sent(ATTEMPT)], [ACCEPTED, later])
    expect(text).toContain('event accepted  partition=3  offset=76')
    expect(text).toContain('(about the request of flights-00017/1)')
    expect(text).toContain('range committed')
  })

  it('calls several words that fit what they are, and follows none of them', () => {
    const second = { ...ACCEPTED, atMicros: 1_950_000, fields: { ...ACCEPTED.fields, offset: 90 } }
    const later = line(4_000_000, 'stream-1', 'range committed', { partition: 3, start: 70, end: 80 })
    const text = explain('flights-00017/1', [sent(ATTEMPT)], [ACCEPTED, second, later])
    expect(text.match(/one of 2 that may be about/g)).toHaveLength(2)
    expect(text).not.toContain('range committed')
  })

  it('leaves a word out that is about a record of which a reader saw another event', () => {
    const rows = [{ attempt: { key: 'flights-00099', number: 1 }, id: ID }]
    expect(explain('flights-00017/1', [sent(ATTEMPT), asked(rows)], [ACCEPTED])).not.toContain('event accepted')
  })

  it('guesses nothing where many words fit, or where nothing was sent', () => {
    const many = [0, 1, 2, 3].map(n => ({ ...ACCEPTED, fields: { ...ACCEPTED.fields, offset: 90 + n } }))
    expect(explain('flights-00017/1', [sent(ATTEMPT)], many)).not.toContain('event accepted')
    const unsent = sent(ATTEMPT, { reply: { kind: 'not-sent', why: 'ECONNREFUSED' } })
    expect(explain('flights-00017/1', [unsent], [ACCEPTED])).not.toContain('event accepted')
  })

  it.each([
    ['another project', { project: 'ground' }],
    ['another number of events', { events: 3 }],
  ])('does not take the word on %s for its own', (_, fields) => {
    const text = explain(
      'flights-00017/1',
      [sent(ATTEMPT)],
      [{ ...ACCEPTED, fields: { ...ACCEPTED.fields, ...fields } }],
    )
    expect(text).not.toContain('event accepted')
  })

  it('says when it is stored twice, and when it was read as something else', () => {
    const rows = [
      { attempt: ATTEMPT, id: ID },
      { attempt: ATTEMPT, id: COPY, difference: 'delay: 7, sent as 8' },
    ]
    const text = explain('flights-00017', [sent(ATTEMPT), asked(rows)], [])
    expect(text).toContain('it is stored 2 times')
    expect(text).toContain(
      `sees flights-00017/1 2 times for the first time; as ${ID}, ${COPY}; not as it was sent: delay: 7, sent as 8`,
    )
  })

  it('leaves out what is said of another event of the same record, and of partitions of other topics', () => {
    const logs = [
      line(3_000_000, 'stream-1', 'event quarantined', { partition: 3, offset: 76, index: 0 }),
      line(3_000_000, 'stream-1', 'event quarantined', { partition: 3, offset: 76, index: 1 }),
      line(3_000_000, 'kafka-1', 'truncated', { topic: '__consumer_offsets', partition: 3, offset: 76 }),
    ]
    const text = explain(ID, [sent(ATTEMPT), asked([{ attempt: ATTEMPT, id: ID }])], logs)
    expect(text.match(/event quarantined/g)).toHaveLength(1)
    expect(text).toContain('index=1')
    expect(text).not.toContain('truncated')
  })
})

describe('the name of an event', () => {
  it.each(['', '/1', 'flights/0', 'flights/x', ' flights', 'a\nb'])('%j is none', text => {
    expect(parseSubject(text)).toBeUndefined()
  })
})
