import { expect, test } from 'vitest'
import { hashDraw } from '../../../sim/kernel/entropy.ts'
import { LAN, latencyMicros } from '../../../sim/network/latency.ts'
import { Link } from '../../../sim/network/link.ts'
import { DROP, PASS } from '../../../sim/network/rules.ts'
import type { Rule } from '../../../sim/network/rules.ts'
import { bytes, PORT, stage, text } from './stage.ts'

test('a latency lies in its range, except for the share that makes the tail', () => {
  const draws = [...Array(100_000).keys()].map(index => latencyMicros(LAN, hashDraw(7, index)))
  const slow = draws.filter(micros => micros > LAN.maxMicros)
  expect(Math.min(...draws)).toBeGreaterThanOrEqual(LAN.minMicros)
  expect(Math.max(...draws)).toBeLessThanOrEqual(LAN.maxMicros * LAN.tailFactor)
  expect(Math.max(...draws)).toBeGreaterThan((LAN.maxMicros * LAN.tailFactor) / 2)
  expect(slow.length / draws.length).toBeCloseTo(LAN.tailShare, 2)
  const mean = draws.reduce((sum, micros) => sum + micros) / draws.length
  expect(mean).toBeGreaterThan(300)
  expect(mean).toBeLessThan(420)
})

test('a segment’s latency is a function of its connection and number, whatever else was drawn', () => {
  const link = new Link('1', 'a>b', LAN)
  const other = new Link('1', 'a>b', LAN)
  const key = link.nextConnectionKey(80)
  other.nextConnectionKey(443)
  other.nextConnectionKey(443)
  expect(other.nextConnectionKey(80)).toBe(key)
  for (let segment = 100; segment > 0; segment--) other.latencyMicros(key, segment)
  const numbers = [...Array(100).keys()]
  expect(numbers.map(number => link.latencyMicros(key, number))).toEqual(
    numbers.map(number => other.latencyMicros(key, number)),
  )
  expect(new Link('2', 'a>b', LAN).nextConnectionKey(80)).not.toBe(key)
  expect(new Link('1', 'b>a', LAN).nextConnectionKey(80)).not.toBe(key)
  expect(link.nextConnectionKey(80)).not.toBe(key)
})

test('a rule’s draw depends on its purpose, and lies in [0, 1)', () => {
  const link = new Link('1', 'a>b', LAN)
  const key = link.nextConnectionKey(80)
  const draws = [...Array(10_000).keys()].map(number => link.draw(key, number, 'loss'))
  expect(draws.every(draw => draw >= 0 && draw < 1)).toBe(true)
  expect(draws.filter(draw => draw < 0.25).length / draws.length).toBeCloseTo(0.25, 1)
  expect(link.draw(key, 5, 'loss')).not.toBe(link.draw(key, 5, 'delay'))
})

test('one more connection changes no time of another', async () => {
  const timesOf = async (isTwo: boolean): Promise<readonly string[]> => {
    const scene = stage({ fabric: {} })
    scene.farListens(() => ({
      onData: chunk => {
        if (chunk.length < 10) scene.note(`got ${chunk.length}`)
      },
    }))
    scene.nearDoes(async ({ network, clock }) => {
      const connection = await network.connect({ host: '10.0.0.2', port: PORT })
      const more = isTwo ? await network.connect({ host: '10.0.0.2', port: PORT }) : undefined
      await clock.sleep(100 - clock.monotonicMs())
      for (let length = 1; length < 10; length++) {
        more?.write(new Uint8Array(100))
        connection.write(new Uint8Array(length))
        await clock.sleep(10)
      }
    })
    return scene.play()
  }
  const alone = await timesOf(false)
  expect(alone).toHaveLength(9)
  expect(await timesOf(true)).toEqual(alone)
})

test('a rule that lets everything pass changes no time, and one that loses a segment only those that waited for it', async () => {
  const timesUnder = async (rule?: Rule): Promise<readonly string[]> => {
    const scene = stage({ fabric: {} })
    if (rule !== undefined) scene.simulation.fabric.rules.add('rule', rule)
    scene.farListens(() => ({ onData: chunk => scene.note(`got ${text(chunk)}`) }))
    scene.nearDoes(async ({ network, clock }) => {
      const connection = await network.connect({ host: '10.0.0.2', port: PORT })
      for (let index = 0; index < 20; index++) {
        await clock.sleep(100 * (index + 1) - clock.monotonicMs())
        connection.write(bytes(`${index}`))
      }
    })
    return scene.play()
  }
  const alone = await timesUnder()
  expect(alone).toHaveLength(20)
  expect(await timesUnder(() => PASS)).toEqual(alone)
  let data = 0
  const withLoss = await timesUnder(({ kind }) => (kind === 'data' && ++data === 5 ? DROP : PASS))
  expect(withLoss.slice(0, 4)).toEqual(alone.slice(0, 4))
  expect(withLoss.slice(4, 7)).not.toEqual(alone.slice(4, 7))
  expect(withLoss.slice(7)).toEqual(alone.slice(7))
})

test('the same seed gives the same hash, another seed another one', async () => {
  const hashOf = async (seed: string): Promise<string> => {
    const scene = stage({ seed, fabric: {} })
    scene.farListens(connection => ({ onData: chunk => connection.write(chunk) }))
    scene.nearDoes(async ({ network }) => {
      const connection = await network.connect({ host: 'far', port: PORT })
      let rounds = 0
      connection.handle({
        onData: chunk => {
          if (++rounds < 100) connection.write(chunk)
          else connection.end()
        },
      })
      connection.write(bytes('ping'))
    })
    await scene.play()
    return scene.simulation.world.trace.hash()
  }
  const hash = await hashOf('1')
  expect(await hashOf('1')).toBe(hash)
  expect(await hashOf('2')).not.toBe(hash)
})

test('a byte that differs shows in the hash', async () => {
  const hashOf = async (content: string): Promise<string> => {
    const scene = stage()
    scene.farListens()
    scene.nearDoes(async ({ network }) => {
      const connection = await network.connect({ host: '10.0.0.2', port: PORT })
      connection.write(bytes(content))
    })
    await scene.play()
    return scene.simulation.world.trace.hash()
  }
  expect(await hashOf('hello')).not.toBe(await hashOf('hullo'))
})
