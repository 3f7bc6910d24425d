import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CoverRow } from '../../../system/store/cover.ts'
import { cover } from '../../../system/store/cover.ts'

const row = fc
  .record({ start: fc.nat(40), length: fc.integer({ min: 1, max: 15 }), level: fc.nat(3), name: fc.nat(9) })
  .map(({ start, length, level, name }) => ({ start, end: start + length, level, id: `id${name}` }))

/** Of the rows around the offset: the highest level, then the longest, then the least id, then the first. */
function rowOf(rows: readonly CoverRow[], offset: number): CoverRow | undefined {
  let best = rows.filter(each => each.start <= offset && offset < each.end)
  const keep = (rank: (each: CoverRow) => number | string): void => {
    const [least] = best.map(rank).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    best = best.filter(each => rank(each) === least)
  }
  keep(each => -each.level)
  keep(each => each.start - each.end)
  keep(each => each.id)
  keep(each => each.start)
  return best[0]
}

describe('a cover', () => {
  test('takes every offset once, from the row that comes first', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 25 }), rows => {
        const covered = cover(rows)
        const takersOf = (offset: number): unknown[] =>
          covered.flatMap(({ row: taken, clips }) =>
            (clips ?? [taken]).filter(clip => clip.start <= offset && offset < clip.end).map(() => taken),
          )
        const offsets = [...Array(60).keys()]
        expect(offsets.map(takersOf)).toStrictEqual(
          offsets.map(offset => {
            const expected = rowOf(rows, offset)
            return expected === undefined ? [] : [expected]
          }),
        )
      }),
      { seed: 1, numRuns: 1_000 },
    )
  })

  test('clips nothing outside the row, and says undefined when nothing is clipped', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 25 }), rows => {
        for (const { row: taken, clips } of cover(rows)) {
          if (clips === undefined) continue
          expect(clips).not.toStrictEqual([{ start: taken.start, end: taken.end }])
          expect(clips.length).toBeGreaterThan(0)
          for (const clip of clips) {
            expect(clip.start).toBeGreaterThanOrEqual(taken.start)
            expect(clip.end).toBeLessThanOrEqual(taken.end)
            expect(clip.start).toBeLessThan(clip.end)
          }
        }
      }),
      { seed: 2 },
    )
  })

  test('does not depend on the order in which the rows were read', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 15 }), fc.nat(), (rows, turn) => {
        const turned = [...rows.slice(turn % (rows.length + 1)), ...rows.slice(0, turn % (rows.length + 1))]
        expect(cover(turned)).toStrictEqual(cover(rows))
      }),
      { seed: 3 },
    )
  })

  test('leaves rows alone that do not overlap, however many', () => {
    const rows = Array.from({ length: 50_000 }, (_, index) => ({
      start: index * 3,
      end: index * 3 + 3,
      level: 0,
      id: 'a',
    }))
    expect(cover(rows).every(({ clips }) => clips === undefined)).toBe(true)
    expect(cover(rows)).toHaveLength(50_000)
  })
})
