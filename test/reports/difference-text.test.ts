import { describe, expect, it } from 'vitest'
import { formatDifference } from '../../reports/difference-text.ts'
import type { TraceRow, TraceRows } from '../../reports/trace-file.ts'

function rowsOf(rows: readonly TraceRow[]): TraceRows {
  return { row: index => rows[index] }
}

const SAME: TraceRow = { hash: 1, sequence: 10, kind: 'timer', host: 'write-1', atMicros: 1_000 }
const LEFT: TraceRow = { hash: 2, sequence: 11, kind: 'network', host: '', atMicros: 2_000 }
const RIGHT: TraceRow = { hash: 3, sequence: 12, kind: 'disk', host: 'kafka-1', atMicros: 2_500 }

describe('the text of a difference', () => {
  it('shows the entries before it once, those that differ from both sides, and where they were armed', () => {
    const stack =
      'Error: armed\n    at World.arm (/p/sim/kernel/world.ts:1:1)\n    at Flow.send (/p/sim/network/flow.ts:2:2)\n    at AsyncResource.runInAsyncScope (node:async_hooks:226:14)\n    at #loop (/p/sim/kernel/world.ts:241:35)'
    const text = formatDifference(
      { kind: 'entry', index: 1 },
      {
        left: { rows: rowsOf([SAME, LEFT]), armedAt: stack },
        right: { rows: rowsOf([SAME, RIGHT]), armedAt: 'unknown: the scenario is gone' },
      },
    )
    expect(text).toBe(
      `
The first entry agrees. Entry 2 is another one on each side.

         entry  virtual time  host       kind     sequence  hash
         1      0:00.001000   write-1    timer    10        00000001
  left   2      0:00.002000   the world  network  11        00000002
  right  2      0:00.002500   kafka-1    disk     12        00000003

left: where the entry was armed
    at Flow.send (/p/sim/network/flow.ts:2:2)

right: where the entry was armed
    unknown: the scenario is gone
`.trim(),
    )
  })

  it('says that one run goes on where the other has ended', () => {
    const side = { rows: rowsOf([SAME]), armedAt: 'x' }
    const text = formatDifference({ kind: 'ended', index: 1, shorter: 'left' }, { left: side, right: side })
    expect(text).toContain('The left run has no entry 2; the other goes on.')
  })
})
