import { describe, expect, test } from 'vitest'
import { bitesOf, carryOut } from '../../chaos/carry-out.ts'
import type { Acts, Storm } from '../../chaos/carry-out.ts'
import { formatFault } from '../../chaos/fault.ts'
import { parsePlan } from '../../chaos/plan.ts'

/** A world of nothing but time, which says what was done to it. */
class PaperWorld implements Acts {
  ms = 0
  isWhole = true
  /** Faults that bite only from then on. */
  bitesFromMs = 0
  /** How long an opposite takes to work. */
  undoMs = 0
  readonly done: string[] = []
  #sleepers: { atMs: number; wake: () => void }[] = []

  nowMicros(): number {
    return this.ms * 1_000
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise(wake => this.#sleepers.push({ atMs: this.ms + delayMs, wake }))
  }

  begin(fault: Parameters<Acts['begin']>[0]): ReturnType<Acts['begin']> {
    const name = formatFault(fault)
    let endedMs = Infinity
    this.done.push(`${this.ms}: ${name}`)
    return {
      end: () => {
        endedMs = this.ms
        this.done.push(`${this.ms}: end of ${name}`)
      },
      changes: () => ({ changed: this.ms >= this.bitesFromMs ? 1 : 0 }),
      isUndone: () => this.ms >= endedMs + this.undoMs,
    }
  }

  async until(ms: number): Promise<void> {
    for (;;) {
      this.#sleepers.sort((a, b) => a.atMs - b.atMs)
      const next = this.#sleepers[0]
      if (next === undefined || next.atMs > ms) break
      this.#sleepers.shift()
      this.ms = next.atMs
      next.wake()
      for (let turn = 0; turn < 5; turn++) await Promise.resolve()
    }
    this.ms = ms
  }
}

const storm = (world: PaperWorld, ...lines: readonly string[]): Storm =>
  carryOut(parsePlan(lines.join('\n')), world, {
    oneAtATime: [['kafka-1', 'kafka-2', 'kafka-3']],
    isWhole: () => world.isWhole,
  })

describe('a plan that is carried out', () => {
  test('begins and ends its faults in their time, and is over when the opposites have worked', async () => {
    const world = new PaperWorld()
    world.undoMs = 1_000
    const { isOver, reports } = storm(
      world,
      'from 500 ms to 900 ms: crash write-1',
      'from 700 ms to 1000 ms: crash kafka-1',
    )
    await world.until(1_500)
    expect(world.done).toEqual([
      '500: crash write-1',
      '700: crash kafka-1',
      '900: end of crash write-1',
      '1000: end of crash kafka-1',
    ])
    expect(isOver()).toBe(false)
    expect(reports().map(({ isUndone }) => isUndone)).toEqual([false, false])
    await world.until(2_100)
    expect(isOver()).toBe(true)
    expect(reports()[0]).toMatchObject({
      fromMicros: 500_000,
      toMicros: 900_000,
      changes: { changed: 1 },
      isUndone: true,
    })
  })

  test('has a fault wait while another means a host of the same list, and keep its length', async () => {
    const world = new PaperWorld()
    storm(world, 'from 100 ms to 600 ms: crash kafka-1', 'from 200 ms to 300 ms: freeze kafka-2')
    await world.until(2_000)
    expect(world.done).toEqual([
      '100: crash kafka-1',
      '600: end of crash kafka-1',
      '600: freeze kafka-2',
      '700: end of freeze kafka-2',
    ])
  })

  test('lets links of other hosts be cut while one of the list is down', async () => {
    const world = new PaperWorld()
    storm(
      world,
      'from 100 ms to 600 ms: crash kafka-1',
      'from 200 ms to 300 ms: one-way-cut kafka -> write-1',
      'from 200 ms to 300 ms: cut kafka-2 -- kafka-3',
    )
    await world.until(550)
    expect(world.done).toContain('200: one-way-cut kafka -> write-1')
    expect(world.done).not.toContain('200: cut kafka-2 -- kafka-3')
  })

  test('has one that waits for a whole world wait for it, and lets no other begin before', async () => {
    const world = new PaperWorld()
    world.isWhole = false
    storm(
      world,
      'from 100 ms to 300 ms: crash write-1',
      'from 200 ms to 400 ms when whole: power-loss kafka-1',
      'from 250 ms to 350 ms: crash write-2',
    )
    await world.until(1_000)
    expect(world.done).toEqual(['100: crash write-1', '300: end of crash write-1'])
    world.isWhole = true
    await world.until(2_000)
    expect(world.done.slice(2)).toEqual([
      '1100: power-loss kafka-1',
      '1100: crash write-2',
      '1200: end of crash write-2',
      '1300: end of power-loss kafka-1',
    ])
  })

  test('has a fault that changed nothing last until it has', async () => {
    const world = new PaperWorld()
    world.bitesFromMs = 2_000
    const { reports } = storm(world, 'from 100 ms to 200 ms: cut write-1 -- kafka-1')
    await world.until(3_000)
    expect(world.done).toEqual(['100: cut write-1 -- kafka-1', '2000: end of cut write-1 -- kafka-1'])
    expect(bitesOf(reports()[0]?.changes ?? {})).toBe(1)
  })

  test('that is calmed ends what acts, begins nothing more, and says what never began', async () => {
    const world = new PaperWorld()
    const { calm, isOver, reports } = storm(
      world,
      'from 100 ms to 5000 ms: crash write-1',
      'from 3000 ms to 5000 ms: crash write-2',
    )
    await world.until(1_000)
    calm()
    await world.until(9_000)
    expect(world.done).toEqual(['100: crash write-1', '1000: end of crash write-1'])
    expect(isOver()).toBe(true)
    expect(reports()[1]).toMatchObject({ fromMicros: undefined, changes: {} })
  })
})
