import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatPlan, parsePlan, planHash, planOf } from '../../chaos/plan.ts'
import { anyPlan } from './arbitrary-fault.ts'

describe('a plan', () => {
  test('prints and parses to itself', () => {
    fc.assert(
      fc.property(anyPlan, plan => {
        expect(parsePlan(formatPlan(plan))).toEqual(plan)
      }),
      { seed: 1 },
    )
  })

  test('is a text that a person can write', () => {
    const text = [
      '# what happened in May',
      '',
      'from 4000 ms to 5000 ms when whole: power-loss kafka-1',
      'from 1200 ms to 4500 ms: crash store-1',
    ].join('\r\n')
    expect(parsePlan(text)).toEqual({
      faults: [
        { fault: { kind: 'crash', host: 'store-1' }, fromMs: 1200, toMs: 4500, when: 'now' },
        { fault: { kind: 'power-loss', host: 'kafka-1' }, fromMs: 4000, toMs: 5000, when: 'whole' },
      ],
    })
  })

  test('has a hash of what it says, not of its comments', () => {
    const plan = parsePlan('from 1 ms to 2 ms: crash a\n')
    expect(planHash(parsePlan('# why\nfrom 1 ms to 2 ms: crash a'))).toBe(planHash(plan))
    expect(planHash(parsePlan('from 1 ms to 3 ms: crash a'))).not.toBe(planHash(plan))
    expect(planHash(planOf([]))).toMatch(/^[0-9a-f]{12}$/)
  })

  test.each(['crash a', 'from 2 ms to 2 ms: crash a', 'from 1 to 2: crash a', 'from 1 ms to 2 ms: explode a'])(
    'the line "%s" is refused with its number',
    line => expect(() => parsePlan(`# first\n${line}`)).toThrow(/^line 2 of the plan: /),
  )
})
