// What every Cpu promises.

import { describe, expect, it } from 'vitest'
import type { Within } from './within.ts'

export function describeCpu(name: string, within: Within): void {
  describe(`cpu: ${name}`, () => {
    it('resolves with what the computation returns', () =>
      within(async ({ cpu }) => {
        const sum = await cpu.run({ name: 'sum', costMicros: 10 }, (a: number, b: number) => a + b, 19, 23)
        expect(sum).toBe(42)
      }))

    it('rejects with what the computation throws', () =>
      within(async ({ cpu }) => {
        const failing = cpu.run({ name: 'fail', costMicros: 10 }, () => {
          throw new RangeError('too far')
        })
        await expect(failing).rejects.toMatchObject({ name: 'RangeError', message: 'too far' })
      }))

    it('does not compute within the call', () =>
      within(async ({ cpu }) => {
        let isReturned = false
        const seen = cpu.run({ name: 'late', costMicros: 0 }, () => true).then(() => isReturned)
        isReturned = true
        expect(await seen).toBe(true)
      }))

    it('gives every one of many computations its own result', () =>
      within(async ({ cpu }) => {
        const results = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            cpu.run({ name: 'square', costMicros: 50 }, (value: number) => value * value, index),
          ),
        )
        expect(results).toEqual(Array.from({ length: 20 }, (_, index) => index * index))
      }))
  })
}
