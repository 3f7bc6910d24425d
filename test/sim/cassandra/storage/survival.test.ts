// Many worlds in which a storage engine is killed at any moment, while it writes, flushes, compacts and drops.

import { expect, test } from 'vitest'
import { DEATHS, survive } from './survival.ts'
import type { SurvivalOptions } from './survival.ts'

const MODES = ['periodic', 'batch', 'group'] as const

test.each(MODES)('%s: what is there after a crash or power loss is what was there before some of the last acts', mode =>
  surviveAll({ mode, seeds: 8 }),
)

test.each(MODES)('%s: forgetting tombstones at once shows nobody what they hide', mode =>
  surviveAll({ mode, seeds: 5, forgets: true }),
)

async function surviveAll({ seeds, ...options }: SurvivalOptions & { readonly seeds: number }): Promise<void> {
  const totals = { deaths: 0, lostBytes: 0, lostActs: 0, files: 0 }
  for (let seed = 1; seed <= seeds; seed++) {
    const seen = await survive(String(seed), options)
    totals.deaths += seen.deaths
    totals.lostBytes += seen.lostBytes
    totals.lostActs += seen.lostActs
    totals.files += seen.files
  }
  // The worlds were as bad as they were meant to be.
  expect(totals.deaths).toBe(seeds * DEATHS)
  expect(totals.lostBytes).toBeGreaterThan(0)
  expect(totals.files).toBeGreaterThan(seeds)
  if (options.mode === 'periodic') expect(totals.lostActs).toBeGreaterThan(0)
  else expect(totals.lostActs).toBe(0)
}
