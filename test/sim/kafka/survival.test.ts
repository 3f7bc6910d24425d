import { expect, test } from 'vitest'
import { survival } from './survival.ts'

test.each(['one', 'two', 'three'])(
  'crashes and power losses, one after another, lose nothing that was acknowledged: seed %s',
  async seed => {
    const outcome = await survival(seed, { faults: 6 })
    expect(outcome.lost).toEqual([])
    expect(outcome.acknowledged).toBeGreaterThan(500)
    // The faults did bite: some requests had no answer.
    expect(outcome.unknown).toBeGreaterThan(0)
    expect(outcome.stored).toBeGreaterThanOrEqual(outcome.acknowledged)
  },
)
