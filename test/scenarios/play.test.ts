import { describe, expect, test } from 'vitest'
import { play } from '../../scenarios/play.ts'
import type { RunOptions, RunResult } from '../../scenarios/run-result.ts'
import { findingOf } from '../../scenarios/invariants/invariant.ts'
import type { Invariant } from '../../scenarios/invariants/invariant.ts'
import { NEVER_JUDGED, toyScenario } from './toy/toy-scenario.ts'
import type { ToyOptions } from './toy/toy-scenario.ts'

const ADDRESS = { scenario: 'toy', variant: 'default', faults: 'default', size: 'default', seed: 1 }

const run = (options: ToyOptions = {}, more: RunOptions = {}): Promise<RunResult> =>
  play(toyScenario(options), ADDRESS, more)

describe('a run', () => {
  test('without faults goes through its phases and is as expected', async () => {
    const result = await run()
    expect(result.verdict).toEqual({
      kind: 'as-expected',
      sentence: '1 invariants and goals held; no fault was planned',
    })
    expect(result.hosts).toEqual(['counter-1', 'counter-2', 'client-1'])
    expect(result.virtualMicros).toBeLessThan(15_000_000)
  })

  test('of one seed is the same run, whatever ran before it in the process', async () => {
    const options: ToyOptions = { faults: [[1_000, 2_000, 'crash counter-1']] }
    const first = await run(options)
    await run()
    const again = await run(options)
    expect(again.traceHash).toBe(first.traceHash)
    expect(again.checkpoints).toEqual(first.checkpoints)
    expect(await play(toyScenario(options), { ...ADDRESS, seed: 2 })).not.toHaveProperty('traceHash', first.traceHash)
  })

  test.each([
    'crash counter-1',
    'power-loss counter-1',
    'freeze counter-1',
    'cut client-1 -- counter-1',
    'one-way-cut counter -> client-1',
    'slow client-1 -- counter by 50 ms',
  ])('says that %s has bitten, and that its opposite has worked', async fault => {
    const result = await run({ faults: [[1_000, 3_000, fault]] })
    expect(result.verdict).toEqual({
      kind: 'as-expected',
      sentence: '1 invariants and goals held; all of 1 planned faults bit',
    })
    const [report] = result.faults
    expect(report?.fault).toBe(fault)
    expect(report?.bites).toBeGreaterThan(0)
    expect((report?.toMicros ?? 0) - (report?.fromMicros ?? 0)).toBeGreaterThanOrEqual(2_000_000)
  })

  test('with a fault that changed nothing is unknown, not as expected', async () => {
    const result = await run({ faults: [[1_000, 2_000, 'cut counter-1 -- counter-2']] })
    expect(result.verdict).toEqual({
      kind: 'unknown',
      sentence: 'a planned fault changed nothing: from 1000 ms to 2000 ms: cut counter-1 -- counter-2',
    })
  })

  test('with an invariant that could not be judged is unknown', async () => {
    expect((await run({ invariants: [NEVER_JUDGED] })).verdict).toEqual({
      kind: 'unknown',
      sentence: 'never could not be judged: it is a toy',
    })
  })

  test('with a broken invariant is broken, whatever else it is', async () => {
    const broken: Invariant = { name: 'ever', kind: 'safety', check: () => findingOf('it never holds', ['a', 'b']) }
    const result = await run({ invariants: [NEVER_JUDGED, broken], isEndless: true })
    expect(result.verdict).toEqual({ kind: 'broken', sentence: 'ever: it never holds' })
    expect(result.invariants[1]).toEqual({
      name: 'ever',
      outcome: 'broken',
      witness: { says: 'it never holds', count: 2, examples: ['a', 'b'] },
    })
  })

  test('with a broken goal has missed it', async () => {
    const goal: Invariant = { name: 'soon', kind: 'goal', check: () => findingOf('it was late', [1]) }
    expect((await run({ invariants: [goal] })).verdict).toEqual({ kind: 'goal-missed', sentence: 'soon: it was late' })
  })

  test('whose calm does not come has missed its goal, and says what was missing', async () => {
    expect((await run({ isEndless: true })).verdict).toEqual({
      kind: 'goal-missed',
      sentence: 'in the phase calm, too late: the toy misses calm',
    })
  })

  test('whose process dies by itself is broken, and the process is started again', async () => {
    const result = await run({ diesAt: 20, faults: [[4_000, 6_000, 'slow client-1 -- counter by 5 ms']] })
    expect(result.verdict.kind).toBe('broken')
    expect(result.verdict.sentence).toMatch(/^the process on counter-1 died by itself at \d+ µs: the counter is full$/)
    expect(result.end).toEqual({ kind: 'stopped', reason: 'over' })
  })

  test.each([
    [{ virtualMicros: 3_000_000 }, 'the virtual time of a run was over in the phase storm'],
    [{ entries: 500 }, 'a run had as many entries as it may have in the phase storm'],
  ])('that meets its limit %o has missed its goal', async (limits, sentence) => {
    const result = await run({ limits, faults: [[2_000, 30_000, 'slow client-1 -- counter by 5 ms']] })
    expect(result.verdict).toEqual({ kind: 'goal-missed', sentence })
  })

  test('that takes too much real time is a failure of the harness', async () => {
    const { verdict } = await run({ limits: { realMs: -1 } })
    expect(verdict).toEqual({ kind: 'harness-failed', sentence: 'the run took more real time than it may' })
  })

  test('that is stopped at an entry says that it was asked to', async () => {
    const result = await run({}, { untilEntry: 50 })
    expect(result.entries).toBe(50)
    expect(result.verdict).toEqual({ kind: 'unknown', sentence: 'the run was stopped at an entry, as was asked' })
  })

  test('has two hosts of one list down one after the other, not at once', async () => {
    const result = await run({
      faults: [
        [1_000, 3_000, 'crash counter-1'],
        [1_500, 2_500, 'crash counter-2'],
      ],
      oneAtATime: [['counter-1', 'counter-2']],
    })
    const [first, second] = result.faults
    expect(second?.fromMicros).toBeGreaterThanOrEqual(first?.toMicros ?? Infinity)
    expect((second?.toMicros ?? 0) - (second?.fromMicros ?? 0)).toBeGreaterThanOrEqual(1_000_000)
  })
})
