import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import type { HostProcess } from '../../../sim/kernel/host.ts'
import { addHost, smallWorld, Story } from './small-world.ts'

/** Every way in which an error can come out of a process. */
const FAULTS: Readonly<Record<string, (fail: () => never, process: HostProcess) => void>> = {
  'a throw in an entry': fail => fail(),
  'a throw in a tick': fail => process.nextTick(fail),
  'a throw in a microtask': fail => queueMicrotask(fail),
  'a rejection that nobody hears': fail => void Promise.resolve().then(fail),
  'an error event that nobody hears': (fail, { runtime }) => {
    try {
      fail()
    } catch (error) {
      runtime.clock.setTimer(1, () => new EventEmitter().emit('error', error))
    }
  },
}

it.each(Object.entries(FAULTS))('%s is the death of the process that caused it, and of no other', async (_, fault) => {
  const world = smallWorld()
  const story = new Story(world)
  for (const name of ['a', 'b', 'c']) {
    story.start(addHost(world, name), async (process, say) => {
      await process.runtime.clock.sleep(10)
      if (name === 'b') {
        process.runtime.clock.setTimer(5, () =>
          fault(() => {
            throw new Error('of b')
          }, process),
        )
      }
      await process.runtime.clock.sleep(10)
      say('lives')
    })
  }
  expect(await world.run()).toEqual({ kind: 'quiescent' })
  expect(world.deaths).toMatchObject([{ host: 'b', error: { message: 'of b' } }])
  expect(story.lines).toEqual(['20 a: lives', '20 c: lives'])
  expect(world.hosts.get('b')?.state).toBe('down')
  expect(world.logs.lines).toMatchObject([{ host: 'b', message: 'process died', fields: { error: 'of b' } }])
})

it('the log of a death names no folder of the machine', async () => {
  const world = smallWorld()
  addHost(world, 'a').start(() => {
    throw new Error('dies')
  })
  await world.run()
  const stack = String(world.logs.lines[0]?.fields['stack'])
  expect(stack).toContain('test/sim/kernel/faults.test.ts:')
  expect(stack).not.toContain(process.cwd())
})

it('a program that rejects is a dead process', async () => {
  const world = smallWorld()
  addHost(world, 'a').start(async () => {
    await Promise.resolve()
    throw new Error('cannot start')
  })
  await world.run()
  expect(world.deaths).toMatchObject([{ host: 'a', atMicros: 0, error: { message: 'cannot start' } }])
})

it('what a process arms after its own death never fires, not even after a restart', async () => {
  const world = smallWorld()
  const story = new Story(world)
  const host = addHost(world, 'a')
  let boots = 0
  story.start(host, async ({ runtime }, say) => {
    if (++boots > 1) return
    await runtime.clock.sleep(1)
    void Promise.resolve()
      .then(() => undefined)
      .then(() => {
        runtime.clock.setTimer(20, () => say('armed by the dead'))
        setTimeout(() => say('armed by the dead'), 20)
      })
    throw new Error('dies')
  })
  world.schedule(5_000, undefined, 'fault', () => host.restart())
  await world.run()
  expect(boots).toBe(2)
  expect(story.lines).toEqual([])
})

it('a process dies once, and its later errors are nobody else’s', async () => {
  const world = smallWorld()
  const host = addHost(world, 'a')
  host.start(() => {
    void Promise.reject(new Error('one'))
    void Promise.reject(new Error('two'))
    process.nextTick(() => {
      throw new Error('three')
    })
    throw new Error('zero')
  })
  await world.run()
  expect(world.deaths.map(({ error }) => error.message)).toEqual(['zero'])
})

it('what a dead process still awaits is forgotten without a word', async () => {
  const world = smallWorld()
  const host = addHost(world, 'a')
  host.start(async ({ runtime }) => {
    void runtime.clock.sleep(50).then(() => {
      throw new Error('too late')
    })
    await runtime.clock.sleep(100)
  })
  world.schedule(10_000, undefined, 'fault', () => host.crash())
  await world.run()
  expect(world.deaths).toEqual([])
})

it('thousands of errors of all kinds are each counted for their own host, and leave the real process whole', async () => {
  const world = smallWorld({ limits: { entries: 1_000_000 } })
  const kinds = Object.values(FAULTS)
  const died = new Map<string, number>()
  for (const name of ['a', 'b', 'c']) {
    const host = addHost(world, name)
    let boots = 0
    host.start(async process => {
      const fault = kinds[boots++ % kinds.length] as (typeof kinds)[number]
      await process.runtime.clock.sleep(1)
      await Promise.resolve()
      fault(() => {
        throw new Error(name)
      }, process)
    })
    host.onDown(() => {
      died.set(name, boots)
      if (boots < 1_000) world.schedule(1_000, undefined, 'fault', () => host.restart())
    })
  }
  expect(await world.run()).toEqual({ kind: 'quiescent' })
  expect(world.deaths).toHaveLength(3_000)
  for (const { host, error } of world.deaths) expect(error.message).toBe(host)
  expect([...died.values()]).toEqual([1_000, 1_000, 1_000])
})

it('a process that handles its own errors lives on', async () => {
  const world = smallWorld()
  const handled: unknown[] = []
  const host = addHost(world, 'a')
  host.start(async ({ runtime }) => {
    process.on('uncaughtException', (error, origin) => handled.push([error.message, origin]))
    process.on('unhandledRejection', reason => handled.push(String(reason)))
    void Promise.reject(new Error('rejected'))
    runtime.clock.setTimer(1, () => {
      throw new Error('thrown')
    })
    await runtime.clock.sleep(5)
    process.removeAllListeners('unhandledRejection')
    void Promise.reject(new Error('rejected again'))
  })
  await world.run()
  expect(handled).toEqual([
    'Error: rejected',
    ['thrown', 'uncaughtException'],
    ['rejected again', 'unhandledRejection'],
  ])
  expect(world.deaths).toEqual([])
})

it('listeners of the real process hear nothing of a run, and are there again after it', async () => {
  const heard: unknown[] = []
  const listener = (error: unknown): unknown => heard.push(error)
  process.on('uncaughtException', listener)
  try {
    const world = smallWorld()
    addHost(world, 'a').start(() => {
      throw new Error('simulated')
    })
    await world.run()
    expect(heard).toEqual([])
    expect(process.listeners('uncaughtException')).toContain(listener)
  } finally {
    process.removeListener('uncaughtException', listener)
  }
})
