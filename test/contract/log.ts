// What every Log promises.

import { describe, expect, it } from 'vitest'
import type { Within } from './within.ts'

export function describeLog(name: string, within: Within): void {
  describe(`log: ${name}`, () => {
    it('takes lines and metrics of every kind, and never throws', () =>
      within(async ({ log }) => {
        expect(() => {
          for (const level of ['debug', 'info', 'warn', 'error'] as const) log.write(level, 'a line')
          log.write('info', 'fields', { text: 'a', number: 1.5, yes: true, nothing: null, absent: undefined, odd: NaN })
          log.count('things')
          log.count('things', 3, { of: 'kind' })
          log.gauge('level', -1)
          log.gauge('level', Infinity, { of: 'kind' })
          log.observe('duration_ms', 0.25, { of: 'kind' })
        }).not.toThrow()
      }))

    it('has children that take the same', () =>
      within(async ({ log }) => {
        const child = log.child({ part: 'a' }).child({ part: 'b', more: 1 })
        expect(() => {
          child.write('warn', 'a line', { part: 'c' })
          child.count('things')
        }).not.toThrow()
      }))
  })
}
