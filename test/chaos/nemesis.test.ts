import { describe, expect, test } from 'vitest'
import { drawPlan } from '../../chaos/nemesis.ts'
import type { Strain } from '../../chaos/nemesis.ts'
import { formatPlan } from '../../chaos/plan.ts'
import { keyedEntropy } from '../../sim/kernel/entropy.ts'

const WRITERS: Strain = {
  name: 'write hosts',
  blows: [
    [{ fault: { kind: 'crash', host: 'write-1' }, when: 'now' }],
    [{ fault: { kind: 'freeze', host: 'write-2' }, when: 'now' }],
  ],
  lengthMs: { min: 100, max: 1_000 },
  restMs: { min: 500, max: 2_000 },
}
const STORES: Strain = {
  ...WRITERS,
  name: 'store hosts',
  blows: [[{ fault: { kind: 'power-loss', host: 'store-1' }, when: 'whole' }]],
}

const SEEDS = Array.from({ length: 60 }, (_, seed) => `seed ${seed}`)
const draw = (seed: string, strains: readonly Strain[], switchedOff = 0): ReturnType<typeof drawPlan> =>
  drawPlan(keyedEntropy(seed), { strains, stormMs: 30_000, switchedOff })

describe('a nemesis', () => {
  test('draws the same plan from the same seed, and another from another', () => {
    const plans = SEEDS.map(seed => formatPlan(draw(seed, [WRITERS, STORES])))
    expect(SEEDS.map(seed => formatPlan(draw(seed, [WRITERS, STORES])))).toEqual(plans)
    expect(new Set(plans).size).toBe(SEEDS.length)
  })

  test('leaves the faults of a strain where they were when another is added', () => {
    for (const seed of SEEDS) {
      const alone = draw(seed, [WRITERS]).faults
      const both = draw(seed, [STORES, WRITERS]).faults
      expect(both.filter(({ when }) => when === 'now')).toEqual(alone)
    }
  })

  test('keeps to lengths and rests, and begins all faults within the storm', () => {
    for (const seed of SEEDS) {
      const { faults } = draw(seed, [WRITERS])
      expect(faults.length).toBeGreaterThan(8)
      for (const [index, { fromMs, toMs }] of faults.entries()) {
        expect(fromMs).toBeLessThan(30_000)
        expect(toMs - fromMs).toBeGreaterThanOrEqual(100)
        expect(toMs - fromMs).toBeLessThanOrEqual(1_000)
        const restMs = fromMs - (faults[index - 1]?.toMs ?? fromMs - 500)
        expect(restMs).toBeGreaterThanOrEqual(500)
        expect(restMs).toBeLessThanOrEqual(2_000)
      }
    }
  })

  test('chooses every blow, and switches strains off for some seeds, never all of them', () => {
    const plans = SEEDS.map(seed => draw(seed, [WRITERS, STORES], 0.6).faults)
    const kinds = plans.map(faults => new Set(faults.map(({ fault }) => fault.kind)))
    expect(new Set(plans.flat().map(({ fault }) => fault.kind))).toEqual(new Set(['crash', 'freeze', 'power-loss']))
    expect(kinds.filter(set => !set.has('power-loss')).length).toBeGreaterThan(10)
    expect(kinds.filter(set => !set.has('crash')).length).toBeGreaterThan(10)
    expect(kinds.every(set => set.size > 0)).toBe(true)
  })

  test('draws what belongs together together', () => {
    const both: Strain = {
      ...WRITERS,
      blows: [
        [
          { fault: { kind: 'slow', between: ['write-1', 'kafka'], delayMs: 9 }, when: 'now' },
          { fault: { kind: 'crash', host: 'write-1' }, when: 'now', share: { min: 0.5, max: 0.75 } },
        ],
      ],
    }
    const { faults } = draw('seed 1', [both])
    expect(faults.length % 2).toBe(0)
    for (let index = 0; index < faults.length; index += 2) {
      const [slow, crash] = faults.slice(index, index + 2)
      const lengthMs = (slow?.toMs ?? 0) - (slow?.fromMs ?? 0)
      expect(crash?.fromMs).toBe((slow?.fromMs ?? 0) + Math.floor(lengthMs / 2))
      expect(crash?.toMs).toBe((slow?.fromMs ?? 0) + Math.ceil(lengthMs * 0.75))
    }
  })
})
