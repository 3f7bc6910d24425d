// The laws of merging: replicas that have seen the same writes, in any order, grouping and number, are equal.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fragment } from '../../../../sim/cassandra/data/fragment.ts'
import { coverOf, difference, mergeFragments, purgedFragment } from '../../../../sim/cassandra/data/fragment.ts'
import { MAX_MICROS } from '../../../../sim/cassandra/data/fragment-size.ts'
import { isLiveRow } from '../../../../sim/cassandra/data/row.ts'
import { arbitraryFragment, textOf } from './arbitrary-fragment.ts'

const RUNS = { numRuns: 2000 }

describe('fragments of one partition', () => {
  test('merge to the same in either order', () => {
    fc.assert(
      fc.property(arbitraryFragment, arbitraryFragment, (a, b) => {
        expect(textOf(mergeFragments(a, b))).toBe(textOf(mergeFragments(b, a)))
      }),
      RUNS,
    )
  })

  test('merge to the same in any grouping', () => {
    fc.assert(
      fc.property(arbitraryFragment, arbitraryFragment, arbitraryFragment, (a, b, c) => {
        const left = mergeFragments(mergeFragments(a, b), c)
        expect(textOf(left)).toBe(textOf(mergeFragments(a, mergeFragments(b, c))))
      }),
      RUNS,
    )
  })

  test('do not change what they are in already', () => {
    fc.assert(
      fc.property(arbitraryFragment, arbitraryFragment, (a, b) => {
        const whole = mergeFragments(a, b)
        expect(textOf(mergeFragments(a, a))).toBe(textOf(a))
        expect(textOf(mergeFragments(whole, a))).toBe(textOf(whole))
      }),
      RUNS,
    )
  })

  test('are made whole by their difference', () => {
    fc.assert(
      fc.property(arbitraryFragment, arbitraryFragment, (a, b) => {
        const whole = mergeFragments(a, b)
        const missing = difference(whole, a)
        expect(textOf(missing === undefined ? a : mergeFragments(a, missing))).toBe(textOf(whole))
        if (missing === undefined) expect(textOf(a)).toBe(textOf(whole))
      }),
      RUNS,
    )
  })

  test('hold nothing that their own deletions hide', () => {
    fc.assert(
      fc.property(arbitraryFragment, arbitraryFragment, (a, b) => {
        const { deletion, ranges, rows } = mergeFragments(a, b)
        for (const row of rows) {
          const hidden = [coverOf(row.place, deletion, ranges), row.deletion].map(each => each?.atMicros ?? 0n)
          for (const micros of hidden) {
            for (const cell of row.cells) if (cell !== undefined) expect(cell.atMicros).toBeGreaterThan(micros)
            if (row.insertedMicros !== undefined) expect(row.insertedMicros).toBeGreaterThan(micros)
          }
        }
      }),
      RUNS,
    )
  })
})

describe('purging', () => {
  const all = { beforeSeconds: Infinity, olderThanMicros: MAX_MICROS }

  test('leaves what readers see as it was', () => {
    fc.assert(
      fc.property(arbitraryFragment, fragment => {
        expect(visible(purgedFragment(fragment, all))).toEqual(visible(fragment))
      }),
      RUNS,
    )
  })

  test('of everything leaves no tombstone', () => {
    fc.assert(
      fc.property(arbitraryFragment, fragment => {
        const { deletion, ranges, rows } = purgedFragment(fragment, all)
        expect(deletion).toBeUndefined()
        expect(ranges).toEqual([])
        for (const row of rows) {
          expect(row.deletion).toBeUndefined()
          for (const cell of row.cells) if (cell !== undefined) expect(cell.value).toBeDefined()
        }
      }),
      RUNS,
    )
  })

  test('keeps a tombstone that was made within gc_grace, or that may hide something elsewhere', () => {
    fc.assert(
      fc.property(arbitraryFragment, arbitraryFragment, (fragment, elsewhere) => {
        const young = purgedFragment(fragment, { beforeSeconds: 1, olderThanMicros: MAX_MICROS })
        expect(textOf(young)).toBe(textOf(fragment))
        const needed = purgedFragment(fragment, { beforeSeconds: Infinity, olderThanMicros: 1n })
        expect(visible(mergeFragments(needed, elsewhere))).toEqual(visible(mergeFragments(fragment, elsewhere)))
      }),
      RUNS,
    )
  })
})

function visible(fragment: Fragment): readonly unknown[] {
  return fragment.rows
    .filter(isLiveRow)
    .map(row => [
      row.place,
      row.cells.map(cell => (cell?.value === undefined ? null : Buffer.from(cell.value).toString())).join(),
    ])
    .map(([place, cells]) => [place, String(cells).replace(/,+$/, '')])
}
