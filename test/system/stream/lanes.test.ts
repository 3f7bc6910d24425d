import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LaneTable } from '../../../system/store/progress.ts'
import { decodeProgress, encodeProgress, NO_LANES } from '../../../system/store/progress.ts'
import { Lanes, LANES_MAX } from '../../../system/stream/lanes.ts'

const DAY_MS = 86_400_000

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
    const lanes = new Lanes(NO_LANES)
    const answers = [0, 1, 1, 0, 5, 4, 6].map(n => lanes.isNew({ writer: writerOf(1), n, appendTimeMs: 0 }))
    expect(answers).toStrictEqual([true, true, false, false, true, false, true])
  })

  test('knows nothing of other writers', () => {
    const lanes = new Lanes(NO_LANES)
    expect(lanes.isNew({ writer: writerOf(1), n: 7, appendTimeMs: 0 })).toBe(true)
    expect(lanes.isNew({ writer: writerOf(2), n: 7, appendTimeMs: 0 })).toBe(true)
  })

  test('is forgotten a week of the log after its last record, not before, and not by a clock that goes back', () => {
    const lanes = new Lanes(NO_LANES)
    lanes.isNew({ writer: writerOf(1), n: 3, appendTimeMs: 100 })
    expect(lanes.isNew({ writer: writerOf(1), n: 3, appendTimeMs: 7 * DAY_MS + 100 })).toBe(false)
    // Heard of again: the week begins anew. The clock of another leader shows less.
    expect(lanes.isNew({ writer: writerOf(2), n: 0, appendTimeMs: 14 * DAY_MS + 101 })).toBe(true)
    expect(lanes.isNew({ writer: writerOf(1), n: 3, appendTimeMs: 0 })).toBe(true)
  })

  test('is forgotten when too many others were heard of since', () => {
    const lanes = new Lanes(NO_LANES)
    for (let writer = 0; writer <= LANES_MAX; writer++) lanes.isNew({ writer: writerOf(writer), n: 0, appendTimeMs: 0 })
    expect(lanes.table().lanes).toHaveLength(LANES_MAX)
    expect(lanes.isNew({ writer: writerOf(1), n: 0, appendTimeMs: 0 })).toBe(false)
    expect(lanes.isNew({ writer: writerOf(0), n: 0, appendTimeMs: 0 })).toBe(true)
  })

  test('is the same wherever the log was cut and a worker went on from what another had saved', () => {
    const records = fc.array(
      fc.record({
        writer: fc.nat(4).map(writerOf),
        n: fc.nat(6),
        appendTimeMs: fc.oneof(fc.nat(1_000), fc.nat(20 * DAY_MS)),
      }),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(records, fc.func(fc.boolean()), (log, isCut) => {
        const whole = new Lanes(NO_LANES)
        let cut = new Lanes(NO_LANES)
        for (const [index, each] of log.entries()) {
          if (isCut(index)) cut = restored(cut.table())
          expect(cut.isNew(each)).toBe(whole.isNew(each))
        }
        expect(restored(cut.table()).table()).toStrictEqual(whole.table())
      }),
      { numRuns: 500 },
    )
  })
})
