// Range tombstones against the plainest model: what each place is deleted by.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Deletion } from '../../../../sim/cassandra/data/cell.ts'
import { laterDeletion, sameDeletion } from '../../../../sim/cassandra/data/cell.ts'
import type { RangeTombstone, RangeTombstones } from '../../../../sim/cassandra/data/range-tombstones.ts'
import { coveredRanges, deletionAt, mergeRanges, sameRanges } from '../../../../sim/cassandra/data/range-tombstones.ts'
import { PLACES, arbitraryDeletion, arbitraryRanges } from './arbitrary-fragment.ts'

const RUNS = { numRuns: 1000 }

const naive = (ranges: readonly RangeTombstone[], place: string): Deletion | undefined =>
  ranges
    .filter(({ start, end }) => start <= place && place < end)
    .reduce<Deletion | undefined>((latest, { deletion }) => laterDeletion(latest, deletion), undefined)

test('merged lists delete each place as the later of both does', () => {
  fc.assert(
    fc.property(arbitraryRanges, arbitraryRanges, (a, b) => {
      for (const place of PLACES) {
        expect(deletionAt(mergeRanges(a, b), place)).toEqual(naive([...a, ...b], place))
      }
    }),
    RUNS,
  )
})

test('merged lists are in order, disjoint, and no longer than they must be', () => {
  fc.assert(
    fc.property(arbitraryRanges, arbitraryRanges, (a, b) => {
      const merged = mergeRanges(a, b)
      for (const [index, range] of merged.entries()) {
        expect(range.start < range.end).toBe(true)
        const next = merged[index + 1]
        if (next === undefined) continue
        expect(range.end <= next.start).toBe(true)
        if (range.end === next.start) expect(sameDeletion(range.deletion, next.deletion)).toBe(false)
      }
    }),
    RUNS,
  )
})

test('lists are the same exactly when they delete the same', () => {
  fc.assert(
    fc.property(arbitraryRanges, arbitraryRanges, (a, b) => {
      const alike = PLACES.every(place => sameDeletion(deletionAt(a, place), deletionAt(b, place)))
      expect(sameRanges(a, b)).toBe(alike)
    }),
    RUNS,
  )
})

test('a deletion of everything leaves the ranges that are later', () => {
  fc.assert(
    fc.property(arbitraryRanges, arbitraryDeletion, (ranges, deletion) => {
      const left: RangeTombstones = coveredRanges(ranges, deletion)
      for (const place of PLACES) {
        const before = laterDeletion(deletion, deletionAt(ranges, place))
        expect(laterDeletion(deletion, deletionAt(left, place))).toEqual(before)
      }
      for (const range of left) expect(range.deletion.atMicros >= deletion.atMicros).toBe(true)
    }),
    RUNS,
  )
})
