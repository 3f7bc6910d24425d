import { expect, it } from 'vitest'
import type { TraceObserver } from '../../../sim/kernel/trace.ts'
import { CHECKPOINT_ENTRIES } from '../../../sim/kernel/trace.ts'
import type { World } from '../../../sim/kernel/world.ts'
import { addHost, smallWorld, Story } from './small-world.ts'
import type { SmallWorldOptions } from './small-world.ts'

it('things happen in the order of their times, those of one time in the order in which they were armed', async () => {
  const world = smallWorld()
  const story = new Story(world)
  const say = story.by('world')
  for (const [delayMicros, what] of [
    [3000, 'late'],
    [1000, 'first'],
    [1000, 'second'],
    [0, 'now'],
    [2000, 'between'],
  ] as const) {
    world.schedule(delayMicros, undefined, 'world', () => say(what))
  }
  expect(await world.run()).toEqual({ kind: 'quiescent' })
  expect(story.lines).toEqual([
    '0 world: now',
    '1 world: first',
    '1 world: second',
    '2 world: between',
    '3 world: late',
  ])
})

it('all promise and tick work of an entry is done before the next entry, and time stands still meanwhile', async () => {
  const world = smallWorld()
  const story = new Story(world)
  const say = story.by('world')
  world.schedule(1000, undefined, 'world', () => {
    void (async () => {
      for (let turn = 0; turn < 3; turn++) {
        await Promise.resolve()
        await new Promise<void>(resolve => process.nextTick(resolve))
        queueMicrotask(() => say(`microtask ${turn}`))
      }
    })()
  })
  world.schedule(1000, undefined, 'world', () => say('next entry'))
  await world.run()
  expect(story.lines).toEqual([
    '1 world: microtask 0',
    '1 world: microtask 1',
    '1 world: microtask 2',
    '1 world: next entry',
  ])
})

it('an entry that is armed for now fires after the running one and after those that were armed before it', async () => {
  const world = smallWorld()
  const said: string[] = []
  world.schedule(0, undefined, 'world', () => {
    world.schedule(0, undefined, 'world', () => said.push('armed within'))
    world.schedule(-5, undefined, 'world', () => said.push('armed for the past'))
    said.push('first')
  })
  world.schedule(0, undefined, 'world', () => said.push('armed before'))
  await world.run()
  expect(said).toEqual(['first', 'armed before', 'armed within', 'armed for the past'])
  expect(world.nowMicros).toBe(0)
})

it('a cancelled entry neither fires nor counts', async () => {
  const world = smallWorld()
  const entry = world.schedule(1000, undefined, 'world', () => expect.unreachable())
  world.schedule(500, undefined, 'world', () => entry.cancel())
  await world.run()
  expect(world.entries).toBe(1)
})

function endless(options: SmallWorldOptions): World {
  const world = smallWorld(options)
  const again = (): void => void world.schedule(1000, undefined, 'world', again)
  again()
  return world
}

it('a run ends at its virtual time, its entries, a wanted entry or a reason, each said as such', async () => {
  const virtual = endless({ limits: { virtualMicros: 10_000 } })
  expect(await virtual.run()).toEqual({ kind: 'virtual-limit' })
  expect(virtual.nowMicros).toBe(10_000)

  const counted = endless({ limits: { entries: 7 } })
  expect(await counted.run()).toEqual({ kind: 'entry-limit' })
  expect(counted.entries).toBe(7)

  const until = endless({ untilEntry: 5 })
  expect(await until.run()).toEqual({ kind: 'until-entry' })
  expect(until.entries).toBe(5)

  const stopped = endless({})
  stopped.schedule(4500, undefined, 'world', () => {
    stopped.stop('seen enough')
    stopped.stop('a later reason')
  })
  expect(await stopped.run()).toEqual({ kind: 'stopped', reason: 'seen enough' })
  expect(stopped.nowMicros).toBe(4500)
})

it('real time ends a run as a failure of the harness, and is not in the hash', async () => {
  const slow = endless({ limits: { realMs: -1 } })
  expect(await slow.run()).toEqual({ kind: 'real-limit' })
  expect(slow.trace.hash()).toBe(smallWorld().trace.hash())
})

it('a throw in an entry of the world itself, or after it, is a failure of the harness', async () => {
  const failures: ((world: World) => void)[] = [
    () => {
      throw new Error('broken')
    },
    () => void Promise.reject(new Error('broken')),
    () =>
      process.nextTick(() => {
        throw new Error('broken')
      }),
  ]
  for (const fail of failures) {
    const world = endless({})
    world.schedule(5500, undefined, 'fault', () => fail(world))
    expect(await world.run()).toMatchObject({ kind: 'harness-failed', error: { message: 'broken' } })
    expect(world.nowMicros).toBe(5500)
  }
})

it('one world of a process runs at a time, and none within another', async () => {
  const outer = smallWorld()
  let inner: Promise<unknown> | undefined
  outer.schedule(0, undefined, 'world', () => {
    inner = smallWorld().run()
  })
  await outer.run()
  // It waited for the real event loop, which turns only when the outer world has ended.
  expect(await inner).toEqual({ kind: 'quiescent' })
})

it('the hash tells runs apart by what happened, when, and where, and says the same of the same', async () => {
  const run = async (delayMicros: number, onHost: boolean): Promise<string> => {
    const world = smallWorld()
    const host = addHost(world, 'a')
    host.start(() => undefined)
    world.schedule(delayMicros, onHost ? host : undefined, 'timer', () => undefined)
    await world.run()
    return world.trace.hash()
  }
  const hashes = [await run(1000, true), await run(1001, true), await run(1000, false)]
  expect(new Set(hashes).size).toBe(3)
  expect(await run(1000, true)).toBe(hashes[0])
})

it('an observer sees each entry before it fires, and where the wanted ones were armed', async () => {
  const seen: Parameters<TraceObserver['entry']>[0][] = []
  const stacks = new Map<number, string>()
  const observer: TraceObserver = {
    entry: entry => void seen.push(entry),
    captureStacksOf: { from: 1, to: 1 },
    stack: (sequence, stack) => void stacks.set(sequence, stack),
  }
  const world = smallWorld({ observer })
  const host = addHost(world, 'a')
  host.start(() => void armedHere())
  function armedHere(): void {
    world.schedule(1000, host, 'timer', () => expect(seen).toHaveLength(2))
  }
  await world.run()
  expect(seen.map(({ index, sequence, atMicros, host, kind }) => [index, sequence, atMicros, host, kind])).toEqual([
    [0, 0, 0, 1, 'boot'],
    [1, 1, 1000, 1, 'timer'],
  ])
  expect([...stacks.keys()]).toEqual([1])
  expect(stacks.get(1)).toContain('armedHere')
})

it('runs that differ late share their checkpoints up to there', async () => {
  const run = async (oddAt: number): Promise<readonly string[]> => {
    const world = smallWorld()
    let count = 0
    const again = (): void => {
      if (++count < 5 * CHECKPOINT_ENTRIES) world.schedule(count === oddAt ? 11 : 10, undefined, 'world', again)
    }
    again()
    await world.run()
    return world.trace.checkpoints
  }
  const [one, other] = [await run(-1), await run(3 * CHECKPOINT_ENTRIES + 10)]
  expect(one).toHaveLength(4)
  expect(other.slice(0, 3)).toEqual(one.slice(0, 3))
  expect(other[3]).not.toBe(one[3])
})
