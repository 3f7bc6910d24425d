import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeRecord, encodeRecord, RecordError } from '../../../system/queue/record.ts'
import type { EventRecord } from '../../../system/queue/record.ts'

describe('a record', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(anyRecord, record => {
        const decoded = decodeRecord(encodeRecord(record))
        expect(printable(decoded)).toEqual(printable(record))
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  test('names each collection once, and costs few bytes an event', () => {
    const body = Buffer.from('{"a":1}')
    const events = Array.from({ length: 1000 }, () => ({ collection: 'purchases', timestamp: 1_700_000_000_000, body }))
    const bytes = encodeRecord({ writer: 'ab'.repeat(16), n: 5, project: 'p', receivedAt: 1_700_000_000_000, events })
    expect(bytes.length).toBeLessThan(1000 * (body.length + 3) + 60)
  })

  test('cut short anywhere is refused', () => {
    const bytes = encodeRecord(sample)
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeRecord(bytes.subarray(0, length))).toThrow(RecordError)
    }
  })

  test('with bytes behind its end is refused', () => {
    expect(() => decodeRecord(Buffer.concat([encodeRecord(sample), Buffer.from([0])]))).toThrow(RecordError)
  })

  test('of hostile bytes is a record or a RecordError, and a record encodes to the same bytes', () => {
    const mutated = fc
      .tuple(anyRecord, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
      .map(([record, changes]) => {
        const bytes = Buffer.from(encodeRecord(record))
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        return bytes
      })
    let records = 0
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), bytes => {
        let decoded: EventRecord
        try {
          decoded = decodeRecord(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(RecordError)
          return
        }
        records++
        expect(printable(decodeRecord(encodeRecord(decoded)))).toEqual(printable(decoded))
      }),
      { seed: 2, numRuns: 2000 },
    )
    expect(records).toBeGreaterThan(100)
  })

  test('that counts more than it holds is refused before anything is allocated', () => {
    const head = Buffer.concat([Buffer.from([1]), Buffer.alloc(16), Buffer.from([0, 1, 0x70, 0])])
    const twoHundredThousand = Buffer.from([0xc0, 0x9a, 0x0c])
    expect(() => decodeRecord(Buffer.concat([head, twoHundredThousand]))).toThrow('cut off')
  })

  const refused: readonly [string, Partial<EventRecord>][] = [
    ['a writer that is no 128 bits', { writer: 'ab' }],
    ['a negative n', { n: -1 }],
    ['an n with a fraction', { n: 0.5 }],
    ['a time before 1970', { receivedAt: -1 }],
  ]
  test.each(refused)('is not made with %s', (_, change) => {
    expect(() => encodeRecord({ ...sample, ...change })).toThrow(RecordError)
  })
})

const sample: EventRecord = {
  writer: '00112233445566778899aabbccddeeff',
  n: 300,
  project: '4fea721933da5b4e8e000002',
  receivedAt: 1_767_225_600_000,
  events: [
    { collection: 'purchases', timestamp: 1_767_225_600_000, body: Buffer.from('{"price":1}') },
    { collection: 'sign ups', timestamp: -5, body: Buffer.from('{}') },
  ],
}

const time = fc.integer({ min: -8_000_000_000_000, max: 8_000_000_000_000 })
const anyEvent = fc.record(
  { collection: fc.string({ unit: 'binary', maxLength: 20 }), timestamp: time, body: fc.uint8Array({ maxLength: 50 }) },
  { noNullPrototype: true },
)
const anyRecord: fc.Arbitrary<EventRecord> = fc.record(
  {
    writer: fc.uint8Array({ minLength: 16, maxLength: 16 }).map(bytes => Buffer.from(bytes).toString('hex')),
    n: fc.maxSafeNat(),
    project: fc.string({ maxLength: 64 }),
    receivedAt: fc.nat({ max: 8_000_000_000_000 }),
    events: fc.array(anyEvent, { maxLength: 20 }),
  },
  { noNullPrototype: true },
)

function printable(record: EventRecord): unknown {
  return {
    ...record,
    events: record.events.map(event => ({ ...event, body: Buffer.from(event.body).toString('hex') })),
  }
}
