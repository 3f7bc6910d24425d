import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LaneTable } from '../../../system/store/progress.ts'
import { decodeProgress, encodeProgress } from '../../../system/store/progress.ts'
import { Lanes, LANES_MAX } from '../../../system/stream/lanes.ts'

function writerOf(number: number): string {
  return number.toString(16).padStart(32, '0')
}

/** As if a worker had stopped here and another had gone on. */
function restored(table: LaneTable): Lanes {
  const progress = { from: 0, end: 1, last: { writer: writerOf(0), n: 0 }, lanes: table }
  return new Lanes(decodeProgress(encodeProgress(progress)).lanes)
}

describe('a lane', () => {
  test('takes each number once, and none after a higher one', () => {
    const lanes = new Lanes([])
    const answers = [0, 1, 1, 0, 5, 4, 6].map(n => lanes.isNew({ writer: writerOf(1), n }))
    expect(answers).toStrictEqual([true, true, false, false, true, false, true])
  })

  test('knows nothing of other writers', () => {
    const lanes = new Lanes([])
    expect(lanes.isNew({ writer: writerOf(1), n: 7 })).toBe(true)
    expect(lanes.isNew({ writer: writerOf(2), n: 7 })).toBe(true)
  })

  test('is forgotten when too many others were heard of since', () => {
    const lanes = new Lanes([])
    for (let writer = 0; writer <= LANES_MAX; writer++) lanes.isNew({ writer: writerOf(writer), n: 0 })
    expect(lanes.table()).toHaveLength(LANES_MAX)
    expect(lanes.isNew({ writer: writerOf(1), n: 0 })).toBe(false)
    expect(lanes.isNew({ writer: writerOf(0), n: 0 })).toBe(true)
  })

  test('is the same wherever the log was cut and a worker went on from what another had saved', () => {
    const records = fc.array(
      fc.record({
        writer: fc.nat(4).map(writerOf),
        n: fc.nat(6),
      }),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(records, fc.func(fc.boolean()), (log, isCut) => {
        const whole = new Lanes([])
        let cut = new Lanes([])
        for (const [index, each] of log.entries()) {
          if (isCut(index)) cut = restored(cut.table())
          expect(cut.isNew(each)).toBe(whole.isNew(each))
        }
        expect(restored(cut.table()).table()).toStrictEqual(whole.table())
      }),
      { seed: 1, numRuns: 500 },
    )
  })
})
