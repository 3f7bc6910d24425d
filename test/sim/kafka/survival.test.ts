import { expect, test } from 'vitest'
import { survival } from './survival.ts'

test.each([
  { kind: 'one-by-one', seed: 'one' },
  { kind: 'one-by-one', seed: 'two' },
  { kind: 'all-at-once', seed: 'three' },
  { kind: 'all-at-once', seed: 'four' },
] as const)('what was acknowledged survives crashes and power losses, $kind: seed $seed', async ({ kind, seed }) => {
  const outcome = await survival(seed, { kind, faults: kind === 'one-by-one' ? 4 : 8 })
  expect(outcome.lost).toEqual([])
  expect(outcome.acknowledged).toBeGreaterThan(100)
  // The faults did bite: some requests had no answer.
  expect(outcome.unknown).toBeGreaterThan(0)
  expect(outcome.stored).toBeGreaterThanOrEqual(outcome.acknowledged)
})
