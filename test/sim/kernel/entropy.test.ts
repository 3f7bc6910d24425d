import fc from 'fast-check'
import { expect, it } from 'vitest'
import { drawKey, hashDraw, keyedEntropy } from '../../../sim/kernel/entropy.ts'
import { addHost, smallWorld } from './small-world.ts'

it('a stream is a function of the seed and of its labels, whatever was drawn before and elsewhere', () => {
  const label = fc.string({ maxLength: 6 })
  fc.assert(
    fc.property(
      fc.string(),
      fc.array(label, { minLength: 1, maxLength: 4 }),
      fc.nat(20),
      label,
      (seed, path, draws, other) => {
        const at = (root: ReturnType<typeof keyedEntropy>): ReturnType<typeof keyedEntropy> =>
          path.reduce((stream, step) => stream.fork(step), root)
        const busy = keyedEntropy(seed)
        for (let draw = 0; draw < draws; draw++) {
          busy.uint32()
          busy.fork(other).float()
        }
        expect(at(busy).bytes(8)).toEqual(at(keyedEntropy(seed)).bytes(8))
      },
    ),
  )
})

it('labels cannot be cut so that two ways give one stream', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 3 }), fc.array(fc.string(), { maxLength: 3 }), (one, other) => {
      fc.pre(JSON.stringify(one) !== JSON.stringify(other))
      const draw = (path: string[]): string =>
        path
          .reduce((stream, step) => stream.fork(step), keyedEntropy('seed'))
          .bytes(16)
          .join()
      expect(draw(one)).not.toBe(draw(other))
    }),
  )
})

it('streams are the same on every machine: these numbers are part of what an address means', () => {
  const stream = keyedEntropy('1').fork('link a>b')
  expect([stream.uint32(), stream.uint32(), stream.float(), stream.below(1_000)]).toEqual([
    4114635887, 1191841426, 0.5718802886549383, 27,
  ])
  expect([hashDraw(drawKey('link a>b'), 0), hashDraw(drawKey('link a>b'), 1)]).toEqual([2703579876, 532793079])
})

it('draws by number are spread evenly, and neighbours have nothing in common', () => {
  const key = drawKey('1/link a>b:9092/0')
  const tenths = new Array<number>(10).fill(0)
  let flips = 0
  for (let counter = 0; counter < 20_000; counter++) {
    const draw = hashDraw(key, counter)
    const tenth = Math.floor((draw / 2 ** 32) * 10)
    tenths[tenth] = (tenths[tenth] as number) + 1
    for (let bits = draw ^ hashDraw(key, counter + 1); bits !== 0; bits &= bits - 1) flips++
  }
  for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(200)
  expect(flips / 20_000).toBeGreaterThan(15.8)
  expect(flips / 20_000).toBeLessThan(16.2)
})

it('near labels have keys that are far apart', () => {
  const keys = Array.from({ length: 5_000 }, (_, index) => drawKey(`1/link store-${index}>store-${index + 1}`))
  expect(new Set(keys).size).toBe(5_000)
  const high = keys.filter(key => key >= 2 ** 31).length
  expect(Math.abs(high - 2_500)).toBeLessThan(250)
})

it('every process of every host draws from a stream of its own, restarts among them', async () => {
  const drawn = async (isNoisy: boolean): Promise<Record<string, number[]>> => {
    const world = smallWorld()
    const draws: Record<string, number[]> = {}
    for (const name of ['a', 'b']) {
      const host = addHost(world, name)
      draws[name] = []
      host.start(({ runtime }) => {
        if (isNoisy && name === 'a') for (let draw = 0; draw < 10; draw++) runtime.entropy.fork('noise').uint32()
        draws[name]?.push(runtime.entropy.uint32())
      })
      world.schedule(1_000, undefined, 'fault', () => {
        host.crash()
        host.restart()
      })
    }
    await world.run()
    return draws
  }
  const plain = await drawn(false)
  expect(new Set(Object.values(plain).flat()).size).toBe(4)
  expect(await drawn(true)).toEqual(plain)
})
