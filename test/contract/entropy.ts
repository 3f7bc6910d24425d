// What every Entropy promises.

import { describe, expect, it } from 'vitest'
import type { Within } from './within.ts'

const DRAWS = 4_000

export function describeEntropy(name: string, within: Within): void {
  describe(`entropy: ${name}`, () => {
    it('draws floats from [0, 1), spread evenly', () =>
      within(async ({ entropy }) => {
        const stream = entropy.fork('floats')
        const tenths = new Array<number>(10).fill(0)
        for (let draw = 0; draw < DRAWS; draw++) {
          const value = stream.float()
          expect(value >= 0 && value < 1).toBe(true)
          const tenth = Math.floor(value * 10)
          tenths[tenth] = (tenths[tenth] as number) + 1
        }
        for (const count of tenths) expect(Math.abs(count - DRAWS / 10)).toBeLessThan(DRAWS / 20)
      }))

    it('draws whole numbers of 32 bits, each bit set half of the time', () =>
      within(async ({ entropy }) => {
        const stream = entropy.fork('words')
        const set = new Array<number>(32).fill(0)
        for (let draw = 0; draw < DRAWS; draw++) {
          const word = stream.uint32()
          expect(Number.isInteger(word) && word >= 0 && word < 2 ** 32).toBe(true)
          for (let bit = 0; bit < 32; bit++) if (((word >>> bit) & 1) === 1) set[bit] = (set[bit] as number) + 1
        }
        for (const count of set) expect(Math.abs(count - DRAWS / 2)).toBeLessThan(DRAWS / 10)
      }))

    it.each([1, 2, 7, 2 ** 32])('draws below %d, and refuses what is no bound', bound =>
      within(async ({ entropy }) => {
        const stream = entropy.fork('below')
        const seen = new Set<number>()
        for (let draw = 0; draw < 200; draw++) {
          const value = stream.below(bound)
          expect(Number.isInteger(value) && value >= 0 && value < bound).toBe(true)
          seen.add(value)
        }
        expect(seen.size).toBe(Math.min(bound, 200))
        for (const wrong of [0, -1, 1.5, NaN, 2 ** 32 + 1]) expect(() => stream.below(wrong)).toThrow(RangeError)
      }),
    )

    it('gives as many bytes as it is asked for, and not the same ones twice', () =>
      within(async ({ entropy }) => {
        const stream = entropy.fork('bytes')
        for (const length of [0, 1, 16, 1_000]) expect(stream.bytes(length)).toHaveLength(length)
        const drawn = Array.from({ length: 200 }, () => stream.bytes(16).join())
        expect(new Set(drawn).size).toBe(200)
      }))

    it('has other numbers in forks of other labels, however the labels are cut', () =>
      within(async ({ entropy }) => {
        const drawn = [
          entropy.fork('a').fork('b'),
          entropy.fork('ab'),
          entropy.fork('b').fork('a'),
          entropy.fork('a/b'),
          entropy.fork('a').fork('b/'),
          entropy.fork(''),
        ].map(stream => stream.bytes(16).join())
        expect(new Set(drawn).size).toBe(drawn.length)
      }))
  })
}
