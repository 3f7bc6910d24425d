// What every Clock promises.

import { describe, expect, it } from 'vitest'
import type { Within } from './within.ts'

export function describeClock(name: string, within: Within): void {
  describe(`clock: ${name}`, () => {
    it('tells wall time as a whole number of milliseconds', () =>
      within(async ({ clock }) => {
        expect(Number.isSafeInteger(clock.wallMs())).toBe(true)
      }))

    it('does not go back while it is measured', () =>
      within(async ({ clock }) => {
        let lastMs = clock.monotonicMs()
        for (let step = 0; step < 50; step++) {
          if (step % 10 === 0) await clock.sleep(1)
          const nowMs = clock.monotonicMs()
          expect(nowMs).toBeGreaterThanOrEqual(lastMs)
          lastMs = nowMs
        }
      }))

    it('fires a timer once, not before its time, and not within the call that arms it', () =>
      within(async ({ clock }) => {
        const startedMs = clock.monotonicMs()
        const firedMs: number[] = []
        clock.setTimer(20, () => firedMs.push(clock.monotonicMs()))
        expect(firedMs).toEqual([])
        await clock.sleep(60)
        expect(firedMs).toHaveLength(1)
        expect((firedMs[0] as number) - startedMs).toBeGreaterThanOrEqual(19)
      }))

    it('fires timers in the order of their times, and those of one time in the order in which they were armed', () =>
      within(async ({ clock }) => {
        const fired: string[] = []
        clock.setTimer(40, () => fired.push('late'))
        clock.setTimer(10, () => fired.push('first'))
        clock.setTimer(10, () => fired.push('second'))
        await clock.sleep(80)
        expect(fired).toEqual(['first', 'second', 'late'])
      }))

    it.each([0, -5, NaN, -Infinity])('takes a delay of %s for one millisecond', delayMs =>
      within(async ({ clock }) => {
        const startedMs = clock.monotonicMs()
        await clock.sleep(delayMs)
        const tookMs = clock.monotonicMs() - startedMs
        expect(tookMs).toBeGreaterThan(0)
        expect(tookMs).toBeLessThan(1_000)
      }),
    )

    it('does not fire a cancelled timer, and lets it be cancelled again', () =>
      within(async ({ clock }) => {
        let count = 0
        const timer = clock.setTimer(5, () => count++)
        timer.cancel()
        timer.cancel()
        await clock.sleep(20)
        expect(count).toBe(0)
        const fired = clock.setTimer(1, () => count++)
        await clock.sleep(20)
        fired.cancel()
        expect(count).toBe(1)
      }))

    it('wakes a sleeper as soon as its signal aborts, with the reason', () =>
      within(async ({ clock }) => {
        const controller = new AbortController()
        const reason = new Error('enough')
        const startedMs = clock.monotonicMs()
        clock.setTimer(5, () => controller.abort(reason))
        await expect(clock.sleep(60_000, controller.signal)).rejects.toBe(reason)
        expect(clock.monotonicMs() - startedMs).toBeLessThan(10_000)
      }))

    it('does not let anybody sleep whose signal has aborted already', () =>
      within(async ({ clock }) => {
        const reason = new Error('never mind')
        await expect(clock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason)
      }))

    it('keeps nothing at a signal that outlives the sleep', () =>
      within(async ({ clock }) => {
        const controller = new AbortController()
        const { signal } = controller
        let listeners = 0
        const add = signal.addEventListener.bind(signal)
        const remove = signal.removeEventListener.bind(signal)
        signal.addEventListener = (...args: Parameters<typeof add>) => {
          listeners++
          add(...args)
        }
        signal.removeEventListener = (...args: Parameters<typeof remove>) => {
          listeners--
          remove(...args)
        }
        await clock.sleep(1, signal)
        expect(listeners).toBe(0)
      }))
  })
}
