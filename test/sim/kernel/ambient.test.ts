import { AsyncLocalStorage } from 'node:async_hooks'
import childProcess from 'node:child_process'
import crypto from 'node:crypto'
import dns from 'node:dns'
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import os from 'node:os'
import timerPromises from 'node:timers/promises'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { trapped } from '../../../sim/kernel/ambient/traps.ts'
import { addHost, smallWorld, Story } from './small-world.ts'

const START_EPOCH_MS = 1_700_000_000_000

/** What two hosts see, one of them with a clock that is an hour ahead, 250 ms into the world. */
async function seenBy(look: () => unknown): Promise<{ readonly a: unknown; readonly b: unknown }> {
  const world = smallWorld({ startEpochMs: START_EPOCH_MS })
  const seen: Record<string, unknown> = {}
  for (const [name, skewMs] of [
    ['a', 0],
    ['b', 3_600_000],
  ] as const) {
    addHost(world, name, { clock: { skewMs } }).start(async ({ runtime }) => {
      await runtime.clock.sleep(250)
      seen[name] = look()
    })
  }
  expect(await world.run()).toEqual({ kind: 'quiescent' })
  expect(world.deaths).toEqual([])
  return seen as { a: unknown; b: unknown }
}

const AT_A = START_EPOCH_MS + 250
const AT_B = AT_A + 3_600_000

describe('time', () => {
  it.each<[string, () => unknown, unknown, unknown]>([
    ['Date.now', () => Date.now(), AT_A, AT_B],
    ['new Date()', () => new Date().getTime(), AT_A, AT_B],
    ['Date()', () => Date(), new Date(AT_A).toString(), new Date(AT_B).toString()],
    ['a class over Date', () => new (class extends Date {})().getTime(), AT_A, AT_B],
    ['performance.now', () => performance.now(), 250, 250],
    ['performance.timeOrigin', () => performance.timeOrigin, AT_A - 250, AT_B - 250],
    ['process.hrtime', () => process.hrtime(), [0, 250e6], [0, 250e6]],
    ['process.hrtime of a difference', () => process.hrtime([0, 50e6]), [0, 200e6], [0, 200e6]],
    ['process.hrtime.bigint', () => process.hrtime.bigint(), 250_000_000n, 250_000_000n],
    ['process.uptime', () => process.uptime(), 0.25, 0.25],
    ['os.uptime', () => os.uptime(), 86_400, 86_400],
    ['Event.timeStamp', () => new Event('x').timeStamp, 250, 250],
    [
      'Intl.DateTimeFormat',
      () => new Intl.DateTimeFormat('en', { minute: 'numeric', hour: 'numeric', timeZone: 'UTC' }).format(),
      '10:13 PM',
      '11:13 PM',
    ],
    [
      'Intl.DateTimeFormat.formatToParts',
      () => new Intl.DateTimeFormat('en', { hour: 'numeric', timeZone: 'UTC' }).formatToParts()[0]?.value,
      '10',
      '11',
    ],
    [
      'Temporal.Now',
      () => {
        const { Temporal } = globalThis as unknown as {
          Temporal: { Now: { instant(): { epochMilliseconds: number }; plainTimeISO(): { hour: number } } }
        }
        return [Temporal.Now.instant().epochMilliseconds, Temporal.Now.plainTimeISO().hour]
      },
      [AT_A, 22],
      [AT_B, 23],
    ],
  ])('%s is that of the host', async (_, look, a, b) => {
    expect(await seenBy(look)).toEqual({ a, b })
  })

  it('a date is a Date whoever made it, and one with arguments is what they say', async () => {
    const before = new Date(5)
    const { a } = await seenBy(() => [
      before instanceof Date,
      new Date() instanceof Date,
      structuredClone(new Date(7)) instanceof Date,
      new Date().constructor === Date,
      new Date(2020, 0).getFullYear(),
      new Date('2020-01-02T00:00:00Z').getTime(),
      Date.UTC(2020, 0),
      Date.length,
      Date.name,
    ])
    expect(a).toEqual([true, true, true, true, 2020, 1_577_923_200_000, 1_577_836_800_000, 7, 'Date'])
  })

  it('outside a run all is real', async () => {
    await seenBy(() => undefined)
    const nowMs = Date.now()
    expect(nowMs).toBeGreaterThan(START_EPOCH_MS)
    expect(Math.abs(new Date().getTime() - nowMs)).toBeLessThan(60_000)
    expect(Math.abs(performance.timeOrigin + performance.now() - nowMs)).toBeLessThan(60_000)
    expect(process.pid).toBeGreaterThan(0)
    await expect(timerPromises.setTimeout(1, 'woken')).resolves.toBe('woken')
    await expect(fs.promises.stat('.')).resolves.toBeDefined()
    expect(crypto.randomUUID()).not.toBe(crypto.randomUUID())
    expect(Math.random()).not.toBe(Math.random())
    expect(process.env['PATH']).toBeDefined()
  })
})

describe('timers', () => {
  it('fire in virtual time, with their arguments, and are objects as Node has them', async () => {
    const world = smallWorld()
    const story = new Story(world)
    story.start(addHost(world, 'a'), async (_, say) => {
      const timer = setTimeout((...args: string[]) => say(`timeout ${args.join()}`), 10, 'x', 'y')
      expect([timer.hasRef(), timer.unref() === timer, timer.hasRef(), timer.ref().hasRef()]).toEqual([
        true,
        true,
        false,
        true,
      ])
      setImmediate(what => say(what), 'immediate')
      let ticks = 0
      const interval = setInterval(() => {
        say(`interval ${++ticks}`)
        if (ticks === 2) clearInterval(interval)
      }, 4)
      for (const delayMs of [0, -1, NaN, 2 ** 31]) setTimeout(() => say(`short ${delayMs}`), delayMs)
      clearTimeout(setTimeout(() => say('cleared'), 3))
      clearImmediate(setImmediate(() => say('cleared')))
      clearTimeout(Number(setTimeout(() => say('cleared by its number'), 3)))
      setTimeout(() => say('closed'), 3).close()
      {
        using disposed = setTimeout(() => say('disposed'), 3)
        expect(disposed).toBeDefined()
      }
      await promisify(setTimeout)(20)
      say(String(await promisify(setImmediate)('promised immediate')))
      say(String(await timerPromises.setTimeout(5, 'promised')))
      await timerPromises.scheduler.wait(5)
      await timerPromises.scheduler.yield()
      say('waited')
      expect(() => Reflect.apply(setTimeout, undefined, ['code', 1])).toThrow(TypeError)
    })
    await world.run()
    expect(world.deaths).toEqual([])
    expect(story.lines).toEqual([
      '0 a: immediate',
      '1 a: short 0',
      '1 a: short -1',
      '1 a: short NaN',
      '1 a: short 2147483648',
      '4 a: interval 1',
      '8 a: interval 2',
      '10 a: timeout x,y',
      '20 a: promised immediate',
      '25 a: promised',
      '30 a: waited',
    ])
  })

  it('can be refreshed, also within their own callback, until they are cleared', async () => {
    const world = smallWorld()
    const story = new Story(world)
    story.start(addHost(world, 'a'), (_, say) => {
      let fired = 0
      const timer = setTimeout(() => {
        say(`fired ${++fired}`)
        if (fired < 3) timer.refresh()
      }, 10)
      setTimeout(() => timer.refresh(), 5)
      setTimeout(() => {
        clearTimeout(timer)
        timer.refresh()
      }, 100)
    })
    await world.run()
    expect(story.lines).toEqual(['15 a: fired 1', '25 a: fired 2', '35 a: fired 3'])
    expect(world.nowMicros).toBe(100_000)
  })

  it('abort signals, and are ended by them, in virtual time', async () => {
    const world = smallWorld()
    const story = new Story(world)
    story.start(addHost(world, 'a'), async (_, say) => {
      const signal = AbortSignal.timeout(30)
      await once(signal, 'abort')
      say((signal.reason as DOMException).name)
      const controller = new AbortController()
      setTimeout(() => controller.abort(), 10)
      await timerPromises
        .setTimeout(1_000, undefined, { signal: controller.signal })
        .catch((error: Error) => say(error.name))
      let count = 0
      for await (const value of timerPromises.setInterval(10, 'tick')) {
        say(value)
        if (++count === 2) break
      }
    })
    await world.run()
    expect(story.lines).toEqual(['30 a: TimeoutError', '40 a: AbortError', '50 a: tick', '60 a: tick'])
    expect(world.nowMicros).toBe(60_000)
  })

  it('a process that dies takes its timers with it', async () => {
    const world = smallWorld()
    const story = new Story(world)
    const host = addHost(world, 'a')
    story.start(host, (_, say) => {
      setInterval(() => say('tick'), 10)
    })
    world.schedule(25_000, undefined, 'fault', () => host.crash())
    expect(await world.run()).toEqual({ kind: 'quiescent' })
    expect(story.lines).toEqual(['10 a: tick', '20 a: tick'])
  })
})

describe('asynchronous scopes', () => {
  it('every callback has the store of where it was armed, and sees none of another host', async () => {
    const storage = new AsyncLocalStorage<string>()
    const world = smallWorld()
    const story = new Story(world)
    for (const name of ['a', 'b']) {
      story.start(addHost(world, name), async ({ runtime }, say) => {
        say(`at first ${storage.getStore()}`)
        storage.enterWith(name)
        setTimeout(() => say(`timeout ${storage.getStore()}`), 1)
        setImmediate(() => say(`immediate ${storage.getStore()}`))
        storage.run(`${name} within`, () => setTimeout(() => say(`timeout ${storage.getStore()}`), 2))
        process.nextTick(() => say(`tick ${storage.getStore()}`))
        await runtime.clock.sleep(3)
        say(`after a sleep ${storage.getStore()}`)
      })
    }
    await world.run()
    expect(story.lines.filter(line => line.includes(' a:'))).toEqual([
      '0 a: at first undefined',
      '0 a: tick a',
      '0 a: immediate a',
      '1 a: timeout a',
      '2 a: timeout a within',
      '3 a: after a sleep a',
    ])
    expect(story.lines.filter(line => line.includes(' b:'))[0]).toBe('0 b: at first undefined')
    expect(storage.getStore()).toBeUndefined()
  })
})

describe('randomness', () => {
  const DRAWS: Readonly<Record<string, () => unknown>> = {
    'Math.random': () => Math.random(),
    'crypto.randomBytes': () => crypto.randomBytes(8).toString('hex'),
    'crypto.randomUUID': () => crypto.randomUUID(),
    'crypto.randomInt': () => crypto.randomInt(2 ** 40),
    'crypto.randomFillSync': () => crypto.randomFillSync(new Uint16Array(4), 1).join(),
    'crypto.getRandomValues': () => globalThis.crypto.getRandomValues(new Uint32Array(4)).join(),
    'webcrypto.randomUUID': () => globalThis.crypto.randomUUID(),
  }

  it.each(Object.entries(DRAWS))(
    '%s is the same in every run of a seed, and other on each host and in each draw',
    async (_, draw) => {
      const look = (): unknown[] => [draw(), draw()]
      const first = await seenBy(look)
      expect(await seenBy(look)).toEqual(first)
      expect(new Set([...(first.a as unknown[]), ...(first.b as unknown[])]).size).toBe(4)
    },
  )

  it('a draw of one kind changes no other', async () => {
    const plain = await seenBy(() => Math.random())
    const after = await seenBy(() => {
      crypto.randomBytes(100)
      return Math.random()
    })
    expect(after).toEqual(plain)
  })

  it('with a callback it comes later, in an entry of its own', async () => {
    const world = smallWorld()
    const story = new Story(world)
    story.start(addHost(world, 'a'), (_, say) => {
      crypto.randomBytes(4, (error, bytes) => say(`bytes ${error} ${bytes.length}`))
      crypto.randomInt(10, 11, (error, value) => say(`int ${error} ${value}`))
      crypto.randomFill(new Uint8Array(3), (error, bytes) => say(`fill ${error} ${bytes.length}`))
      say('returned')
    })
    await world.run()
    expect(story.lines).toEqual(['0 a: returned', '0 a: bytes null 4', '0 a: int null 10', '0 a: fill null 3'])
  })

  it('is within its bounds', async () => {
    await seenBy(() => {
      for (let draw = 0; draw < 500; draw++) {
        const value = crypto.randomInt(-3, 4)
        expect(Number.isInteger(value) && value >= -3 && value < 4).toBe(true)
      }
      expect(crypto.randomUUID()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      const filled = crypto.randomFillSync(new Uint8Array(8), 2, 3)
      expect([filled[0], filled[1], filled[5], filled[6], filled[7]]).toEqual([0, 0, 0, 0, 0])
      expect(() => crypto.randomFillSync(new Uint8Array(4), 3, 2)).toThrow(RangeError)
    })
  })
})

describe('the process', () => {
  it('is one for each host: its number, its name, its environment', async () => {
    process.env['FORESHOCK_TEST'] = 'real'
    const { a, b } = await seenBy(() => {
      const before = process.env['FORESHOCK_TEST']
      process.env['FORESHOCK_TEST'] = os.hostname()
      return [before, process.env['FORESHOCK_TEST'], os.hostname(), process.pid, os.cpus().length]
    })
    expect(a).toEqual([undefined, 'a', 'a', 1_000, 0])
    expect(b).toEqual([undefined, 'b', 'b', 1_000, 0])
    expect(process.env['FORESHOCK_TEST']).toBe('real')
    delete process.env['FORESHOCK_TEST']
  })

  it('has its own listeners, which its end takes away', async () => {
    const before = process.listenerCount('SIGTERM')
    const world = smallWorld()
    const story = new Story(world)
    const host = addHost(world, 'a')
    story.start(host, (_, say) => {
      say(`${process.listenerCount('SIGTERM')}`)
      process.on('SIGTERM', () => say('told')).once('SIGTERM', () => say('told once'))
      process.emit('SIGTERM')
      say(`${process.listenerCount('SIGTERM')}`)
    })
    world.schedule(1_000, undefined, 'fault', () => {
      host.crash()
      host.restart()
    })
    await world.run()
    const boot = ['0', 'told', 'told once', '1']
    expect(story.lines).toEqual([...boot.map(what => `0 a: ${what}`), ...boot.map(what => `1 a: ${what}`)])
    expect(process.listenerCount('SIGTERM')).toBe(before)
  })

  it.each<[string, () => void]>([
    ['process.exit', () => process.exit(3)],
    ['process.abort', () => process.abort()],
    ['process.kill of itself', () => void process.kill(process.pid)],
  ])('%s ends it, there and then, and nothing else', async (_, end) => {
    const world = smallWorld()
    const story = new Story(world)
    for (const name of ['a', 'b']) {
      story.start(addHost(world, name), async ({ runtime }, say) => {
        process.on('exit', code => say(`exit ${code}`))
        await runtime.clock.sleep(10)
        if (name === 'a') end()
        say('goes on')
      })
    }
    await world.run()
    expect(story.lines.filter(line => line.includes('goes on'))).toEqual(['10 b: goes on'])
    expect(story.lines.filter(line => line.includes('exit'))).toHaveLength(1)
    expect(world.deaths).toMatchObject([{ host: 'a', error: { name: 'ProcessExit' } }])
  })

  it('cannot leave its exit code to the real one', async () => {
    const before = process.exitCode
    await seenBy(() => {
      process.exitCode = 3
    })
    expect(process.exitCode).toBe(before)
  })

  it('writes warnings to its own log, and none that Node prints only once', async () => {
    const world = smallWorld()
    addHost(world, 'a').start(() => {
      process.emitWarning('careful', 'SomeWarning')
      process.emitWarning('old', 'DeprecationWarning')
    })
    await world.run()
    expect(world.logs.lines.map(line => line.fields)).toEqual([{ name: 'SomeWarning', said: 'careful' }])
  })

  it('holds weakly referenced objects for as long as the run lasts, and registers nothing for their end', async () => {
    const { a } = await seenBy(() => {
      const target = {}
      const ref = new WeakRef(target)
      new FinalizationRegistry(() => undefined).register(target, 1)
      return ref.deref() === target && ref instanceof WeakRef
    })
    expect(a).toBe(true)
  })
})

describe('what is not routed', () => {
  const names = trapped().flatMap(({ name, keys }) => keys.map(key => `${name}.${key}`))

  it('is a long list', () => {
    expect(names.length).toBeGreaterThan(150)
  })

  it('throws inside a run where it is called, whatever it is given', async () => {
    const passed: string[] = []
    await seenBy(() => {
      for (const { name, target, keys } of trapped()) {
        for (const key of keys) {
          const called = Reflect.get(target, key) as ((...args: unknown[]) => unknown) | undefined
          if (called === undefined) continue
          try {
            called.call(target)
            passed.push(`${name}.${key}`)
          } catch (error) {
            if ((error as Error).name !== 'AmbientError') passed.push(`${name}.${key}: ${String(error)}`)
          }
        }
      }
    })
    expect(passed).toEqual([])
  })

  it.each<[string, () => unknown]>([
    ['fs.readFile', () => fs.readFile('x', () => undefined)],
    ['fs.promises.readFile', () => fs.promises.readFile('x')],
    ['zlib.gzip', () => zlib.gzip('x', () => undefined)],
    ['zlib.createGunzip', () => zlib.createGunzip()],
    ['dns.resolve', () => dns.resolve('localhost', () => undefined)],
    ['crypto.subtle.digest', () => globalThis.crypto.subtle.digest('SHA-256', new Uint8Array(1))],
    ['crypto.sign with a callback', () => crypto.sign('sha256', Buffer.of(1), 'key', () => undefined)],
    ['child_process.spawn', () => childProcess.spawn('true')],
    ['MessageChannel', () => new MessageChannel()],
    ['net.Server.listen of a path', () => net.createServer().listen('/a/path')],
    ['Atomics.wait', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)],
    ['Blob.text', () => new Blob(['x']).text()],
    ['process.memoryUsage', () => process.memoryUsage()],
    ['performance.mark', () => performance.mark('x')],
  ])('%s says so by name, with a way out', async (name, call) => {
    const { a } = await seenBy(() => {
      try {
        call()
        return 'nothing thrown'
      } catch (error) {
        return (error as Error).message
      }
    })
    expect(a).toMatch(
      new RegExp(`^(global\\w+\\.)?${name.replaceAll('.', '\\.')} is not to be had inside a simulated world: `),
    )
  })

  it('leaves its synchronous twin alone', async () => {
    const { a } = await seenBy(() => [
      zlib.gunzipSync(zlib.gzipSync('x')).toString(),
      crypto.createHash('sha256').update('x').digest('hex').length,
      http.STATUS_CODES[200],
    ])
    expect(a).toEqual(['x', 64, 'OK'])
  })
})
