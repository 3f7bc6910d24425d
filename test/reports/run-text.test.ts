import { describe, expect, it } from 'vitest'
import { RECORD_FORMAT } from '../../reports/run-record.ts'
import type { RunRecord } from '../../reports/run-record.ts'
import { formatRun } from '../../reports/run-text.ts'

const GOOD: RunRecord = {
  format: RECORD_FORMAT,
  address: 'first-light/default@light:small#17',
  commit: 'ab12cd3',
  node: 'v26.10.0',
  traceHash: '0123456789abcdef',
  entries: 123_456,
  virtualMicros: 61_500_000,
  operations: 1_234,
  checkpoints: [],
  end: 'stopped',
  verdict: { kind: 'as-expected', sentence: '2 invariants and goals held; all of 2 planned faults bit' },
  invariants: [
    { name: 'no event is doubled', outcome: 'held' },
    { name: 'what was accepted is visible', outcome: 'held' },
  ],
  faults: [
    { fault: 'crash write-1', fromMicros: 1_000_000, toMicros: 2_500_000, bites: 12 },
    { fault: 'crash kafka-1', fromMicros: -1, toMicros: -1, bites: 1 },
  ],
}

const BROKEN: RunRecord = {
  ...GOOD,
  verdict: { kind: 'broken', sentence: 'what was accepted is visible: 7 accepted events are not' },
  invariants: [
    { name: 'no event is doubled', outcome: 'held' },
    {
      name: 'what was accepted is visible',
      outcome: 'broken',
      witness: { says: 'accepted, and not visible', count: 7, examples: [{ attempt: 'flights-00017/2' }] },
    },
  ],
}

describe('the text of a run', () => {
  it('of a good one is its numbers and its verdict', () => {
    expect(formatRun(GOOD, { realMs: 1_234, folder: 'out/17' })).toBe(
      `
first-light/default@light:small#17+ab12cd3
  world   1:01.500000 of virtual time in 1.2 s, 1,234 client operations, 123,456 entries
  faults  0:01.000000 to 0:02.500000  crash write-1  12 bites
          never began                 crash kafka-1  1 bite
  judged  held    no event is doubled
          held    what was accepted is visible
  trace   hash 0123456789abcdef, Node 26.10.0

AS EXPECTED: 2 invariants and goals held; all of 2 planned faults bit

report   out/17
`.trim(),
    )
  })

  it('of a failed one has the witness, how to replay it, and which event to ask about', () => {
    expect(formatRun(BROKEN, { realMs: 1_234, folder: 'out/17' })).toBe(
      `
first-light/default@light:small#17+ab12cd3
  world   1:01.500000 of virtual time in 1.2 s, 1,234 client operations, 123,456 entries
  faults  0:01.000000 to 0:02.500000  crash write-1  12 bites
          never began                 crash kafka-1  1 bite
  judged  held    no event is doubled
          BROKEN  what was accepted is visible
  trace   hash 0123456789abcdef, Node 26.10.0

BROKEN: what was accepted is visible: 7 accepted events are not
  what was accepted is visible is broken:
    accepted, and not visible
    {"attempt":"flights-00017/2"}
    and 6 more

replay   npx foreshock replay 'first-light/default@light:small#17+ab12cd3'
explain  npx foreshock explain out/17 flights-00017/2
report   out/17
`.trim(),
    )
  })

  it.each([
    ['a text', 'one\ntwo', ['    one', '    two']],
    ['any value', { a: [1] }, ['    {', '      "a": [']],
    ['nothing', undefined, ['    no witness']],
  ])('shows a witness that is %s', (_, witness, lines) => {
    const text = formatRun({ ...BROKEN, invariants: [{ name: 'x', outcome: 'broken', witness }] }, { realMs: 0 })
    expect(text.split('\n')).toEqual(expect.arrayContaining(lines))
  })

  it('cuts a long witness and says how much is left out', () => {
    const witness = Array.from({ length: 50 }, (_, n) => `line ${n}`).join('\n')
    const text = formatRun({ ...BROKEN, invariants: [{ name: 'x', outcome: 'broken', witness }] }, { realMs: 0 })
    expect(text).toContain('    … 30 lines more in verdict.json')
    expect(text).not.toContain('line 20')
  })

  it('shows the stack of what stopped the harness', () => {
    const verdict = { kind: 'harness-failed', sentence: 'the simulator itself failed: no' } as const
    const text = formatRun({ ...GOOD, verdict, failure: 'Error: no\n    at x' }, { realMs: 0 })
    expect(text).toContain('HARNESS FAILED: the simulator itself failed: no\n    Error: no\n        at x')
  })
})
