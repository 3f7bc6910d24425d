import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeTrace, TraceFileError, TraceRecorder } from '../../reports/trace-file.ts'
import type { TraceFile, TraceRow } from '../../reports/trace-file.ts'

const HOSTS = ['write-1', 'kafka-1', 'é']

const row: fc.Arbitrary<TraceRow> = fc.record(
  {
    hash: fc.nat(0xffffffff),
    sequence: fc.nat(0xffffffff),
    kind: fc.constantFrom('timer', 'deliver', 'disk'),
    host: fc.constantFrom('', ...HOSTS),
    atMicros: fc.nat(2 ** 50),
  },
  { noNullPrototype: true },
)

function rowsOf(trace: TraceFile): (TraceRow | undefined)[] {
  return Array.from({ length: trace.rows }, (_, index) => trace.row(index))
}

function record(rows: readonly TraceRow[], rowsMax?: number): Uint8Array {
  const recorder = new TraceRecorder(rowsMax)
  for (const each of rows) recorder.entry({ ...each, host: ['', ...HOSTS].indexOf(each.host) })
  return recorder.encode(HOSTS)
}

function rowAt(n: number): TraceRow {
  return { hash: n, sequence: 2 * n, kind: 'timer', host: 'write-1', atMicros: n * 3 }
}

describe('the trace file', () => {
  it('reading undoes writing', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 50 }), rows => {
        expect(rowsOf(decodeTrace(record(rows)))).toEqual(rows)
      }),
    )
  })

  it('grows past its first size', () => {
    const rows = Array.from({ length: 10_000 }, (_, n) => rowAt(n))
    expect(rowsOf(decodeTrace(record(rows)))).toEqual(rows)
  })

  it('keeps the first rows and the count of all entries when a run is longer than the limit', () => {
    const rows = Array.from({ length: 5 }, (_, n) => rowAt(n))
    const trace = decodeTrace(record(rows, 3))
    expect(rowsOf(trace)).toEqual(rows.slice(0, 3))
    expect(trace.row(3)).toBeUndefined()
    expect(trace.entries).toBe(5)
  })

  it('any prefix of a file is refused with a TraceFileError', () => {
    const whole = record([rowAt(1)])
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeTrace(whole.subarray(0, length))).toThrow(TraceFileError)
    }
  })

  it('another format is refused by its number', () => {
    const bytes = record([])
    bytes[4] = 99
    expect(() => decodeTrace(bytes)).toThrow('format 99')
  })
})
