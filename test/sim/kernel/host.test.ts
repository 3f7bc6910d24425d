import { expect, it } from 'vitest'
import type { Host } from '../../../sim/kernel/host.ts'
import { addHost, smallWorld, Story } from './small-world.ts'

const ticking =
  (everyMs: number) =>
  async ({ runtime }: Parameters<Parameters<Host['start']>[0]>[0], say: (what: string) => void): Promise<void> => {
    say('boot')
    for (let tick = 1; tick <= 5; tick++) {
      await runtime.clock.sleep(everyMs)
      say(`tick ${tick}`)
    }
  }

it('a crash drops all that the process had armed, and only that', async () => {
  const world = smallWorld()
  const story = new Story(world)
  const [a, b] = [addHost(world, 'a'), addHost(world, 'b')]
  story.start(a, ticking(10))
  story.start(b, ticking(10))
  world.schedule(25_000, undefined, 'fault', () => a.crash())
  expect(await world.run()).toEqual({ kind: 'quiescent' })
  expect(story.lines.filter(line => line.includes(' a:'))).toEqual(['0 a: boot', '10 a: tick 1', '20 a: tick 2'])
  expect(story.lines.filter(line => line.includes(' b:'))).toHaveLength(6)
  expect(world.deaths).toEqual([])
})

it('a restart runs the program anew, as another incarnation', async () => {
  const world = smallWorld()
  const story = new Story(world)
  const host = addHost(world, 'a')
  const incarnations: number[] = []
  story.start(host, (process, say) => {
    incarnations.push(host.incarnation)
    return ticking(10)(process, say)
  })
  world.schedule(15_000, undefined, 'fault', () => host.crash())
  world.schedule(17_000, undefined, 'fault', () => host.restart())
  await world.run()
  expect(story.lines.slice(0, 4)).toEqual(['0 a: boot', '10 a: tick 1', '17 a: boot', '27 a: tick 1'])
  expect(new Set(incarnations).size).toBe(2)
})

it('a power loss and a crash are told apart, and told before anything else happens', async () => {
  const world = smallWorld()
  const host = addHost(world, 'a')
  const told: string[] = []
  host.onDown(how => told.push(how))
  host.start(() => host.onProcessEnd(() => told.push('process ended')))
  world.schedule(1_000, undefined, 'fault', () => {
    host.crash()
    told.push('after')
  })
  world.schedule(2_000, undefined, 'fault', () => host.restart())
  world.schedule(3_000, undefined, 'fault', () => host.powerLoss())
  await world.run()
  expect(told).toEqual(['crash', 'process ended', 'after', 'power-loss', 'process ended'])
})

it('a host that crashes before its boot never boots', async () => {
  const world = smallWorld()
  const story = new Story(world)
  const host = addHost(world, 'a')
  world.schedule(0, undefined, 'fault', () => {
    story.start(host, ticking(10))
    host.crash()
  })
  await world.run()
  expect(story.lines).toEqual([])
})

it('every act is refused in a state that it does not fit', async () => {
  const world = smallWorld()
  const host = addHost(world, 'a')
  expect(() => host.crash()).toThrow('a is down already')
  expect(() => host.freeze()).toThrow('a is down, not up')
  host.start(() => undefined)
  expect(() => host.restart()).toThrow('a is up, not down')
  expect(() => host.thaw()).toThrow('a is up, not frozen')
  host.freeze()
  expect(() => host.freeze()).toThrow('a is frozen, not up')
  await world.run()
  expect(() => addHost(world, 'a')).toThrow('there is a host a already')
})

it('on a frozen host nothing happens until it thaws; then all does, in order', async () => {
  const world = smallWorld()
  const story = new Story(world)
  const [a, b] = [addHost(world, 'a'), addHost(world, 'b')]
  for (const host of [a, b]) {
    story.start(host, ({ runtime }, say) => {
      for (const delayMs of [30, 10, 20, 60]) runtime.clock.setTimer(delayMs, () => say(`timer ${delayMs}`))
    })
  }
  world.schedule(15_000, undefined, 'fault', () => a.freeze())
  world.schedule(50_000, undefined, 'fault', () => a.thaw())
  await world.run()
  expect(story.lines.filter(line => line.includes(' a:'))).toEqual([
    '10 a: timer 10',
    '50 a: timer 20',
    '50 a: timer 30',
    '60 a: timer 60',
  ])
  expect(story.lines.filter(line => line.includes(' b:'))).toEqual([
    '10 b: timer 10',
    '20 b: timer 20',
    '30 b: timer 30',
    '60 b: timer 60',
  ])
})

it('a host may freeze within its own entry: what is in flight ends, what was armed waits', async () => {
  const world = smallWorld()
  const story = new Story(world)
  const host = addHost(world, 'a')
  story.start(host, async ({ runtime }, say) => {
    await runtime.clock.sleep(5)
    runtime.clock.setTimer(1, () => say('armed before'))
    host.freeze()
    await Promise.resolve()
    say('the rest of the entry')
  })
  world.schedule(20_000, undefined, 'fault', () => host.thaw())
  await world.run()
  expect(story.lines).toEqual(['5 a: the rest of the entry', '20 a: armed before'])
})

it('a crash drops what a frozen host was holding', async () => {
  const world = smallWorld()
  const story = new Story(world)
  const host = addHost(world, 'a')
  story.start(host, ticking(10))
  world.schedule(5_000, undefined, 'fault', () => host.freeze())
  world.schedule(15_000, undefined, 'fault', () => host.crash())
  world.schedule(20_000, undefined, 'fault', () => host.restart())
  await world.run()
  expect(story.lines.slice(0, 3)).toEqual(['0 a: boot', '20 a: boot', '30 a: tick 1'])
})

it('a busy processor lets everything on its host wait, in order, and nothing elsewhere', async () => {
  const world = smallWorld()
  const story = new Story(world)
  const [a, b] = [addHost(world, 'a'), addHost(world, 'b')]
  for (const host of [a, b]) {
    story.start(host, async ({ runtime }, say) => {
      for (const delayMs of [1, 2, 3]) runtime.clock.setTimer(delayMs, () => say(`timer ${delayMs}`))
      if (host === a) {
        say(String(await runtime.cpu.run({ name: 'scan', costMicros: 2_500 }, (x: number) => x + 1, 1)))
      }
    })
  }
  await world.run()
  expect(story.lines).toEqual([
    '1 b: timer 1',
    '2 b: timer 2',
    '2.5 a: timer 1',
    '2.5 a: timer 2',
    '2.5 a: 2',
    '3 a: timer 3',
    '3 b: timer 3',
  ])
})

it('work that follows work takes its time after it, and a slower processor takes it by its factor', async () => {
  const world = smallWorld()
  const story = new Story(world)
  story.start(addHost(world, 'a', { cpuFactor: 3 }), async ({ runtime }, say) => {
    const work = (name: string): Promise<void> =>
      runtime.cpu.run({ name, costMicros: 1_000 }, () => undefined).then(() => say(name))
    await Promise.all([work('one'), work('two')])
    await work('three')
  })
  await world.run()
  expect(story.lines).toEqual(['6 a: one', '6 a: two', '9 a: three'])
})

it('what waits for a busy host is served in order though each takes the processor again', async () => {
  const world = smallWorld({ limits: { entries: 10_000 } })
  const host = addHost(world, 'a')
  const served: number[] = []
  host.start(({ runtime }) => {
    for (let index = 0; index < 2_000; index++) {
      runtime.clock.setTimer(1, () => {
        served.push(index)
        host.occupy(500)
      })
    }
  })
  await world.run()
  expect(served).toEqual(Array.from({ length: 2_000 }, (_, index) => index))
  expect(world.nowMicros).toBe(1_000 + 1_999 * 500)
  // Nothing but the boot and the timers themselves.
  expect(world.entries).toBe(2_001)
})

it('when its world ends a host lets its process go', async () => {
  const world = smallWorld({ limits: { virtualMicros: 10_000 } })
  const host = addHost(world, 'a')
  let ends = 0
  host.start(async ({ runtime }) => {
    host.onProcessEnd(() => ends++)
    for (;;) await runtime.clock.sleep(3)
  })
  await world.run()
  expect(ends).toBe(1)
  expect(host.state).toBe('down')
  expect(host.process).toBeUndefined()
})

it('each host has its own wall clock, skewed and drifting, and true monotonic time', async () => {
  const world = smallWorld({ startEpochMs: 1_000_000 })
  const [a, b] = [addHost(world, 'a', { clock: { skewMs: -500.5, driftPpm: 100_000 } }), addHost(world, 'b')]
  const seen: Record<string, number[]> = {}
  for (const host of [a, b]) {
    host.start(async ({ runtime: { clock } }) => {
      const readings = (seen[host.name] = [clock.wallMs(), clock.monotonicMs()])
      await clock.sleep(100)
      readings.push(clock.wallMs(), clock.monotonicMs())
    })
  }
  world.schedule(50_000, undefined, 'fault', () => {
    b.clock.skewMs = 60_000
  })
  await world.run()
  expect(seen['a']).toEqual([999_499, 0, 999_609, 100])
  expect(seen['b']).toEqual([1_000_000, 0, 1_060_100, 100])
})
