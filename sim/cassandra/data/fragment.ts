// A part of a partition: what one statement writes, what one replica answers, what one file holds. Two fragments of a
// partition merge into one, and that is how replicas, files and memory are brought together everywhere.

import type { Deletion } from './cell.ts'
import { laterDeletion, sameDeletion } from './cell.ts'
import type { RangeTombstones } from './range-tombstones.ts'
import { coveredRanges, deletionAt, mergeRanges, sameRanges } from './range-tombstones.ts'
import type { Purge, Row } from './row.ts'
import { coveredRow, isPurgeable, mergeRows, purgedRow, sameRow } from './row.ts'

export interface Fragment {
  readonly key: Uint8Array
  readonly deletion: Deletion | undefined
  readonly ranges: RangeTombstones
  /** In the order of their places, each place once. */
  readonly rows: readonly Row[]
}

/** Commutative, associative and idempotent, if each fragment was made by `normalized` or by this. */
export function mergeFragments(a: Fragment, b: Fragment): Fragment {
  const deletion = laterDeletion(a.deletion, b.deletion)
  const ranges = coveredRanges(mergeRanges(a.ranges, b.ranges), deletion)
  const rows: Row[] = []
  let nextA = 0
  let nextB = 0
  while (nextA < a.rows.length || nextB < b.rows.length) {
    const left = a.rows[nextA]
    const right = b.rows[nextB]
    let row: Row | undefined
    if (left === undefined || (right !== undefined && right.place < left.place)) {
      row = right
      nextB++
    } else if (right === undefined || left.place < right.place) {
      row = left
      nextA++
    } else {
      row = mergeRows(left, right)
      nextA++
      nextB++
    }
    const kept = row === undefined ? undefined : coveredRow(row, coverOf(row.place, deletion, ranges))
    if (kept !== undefined) rows.push(kept)
  }
  return { key: a.key, deletion, ranges, rows }
}

/** Without what its own deletions hide. */
export function normalized(fragment: Fragment): Fragment {
  const rows = fragment.rows.map(row => (row.deletion === undefined ? row : mergeRows(row, row)))
  return mergeFragments({ ...fragment, rows }, { key: fragment.key, deletion: undefined, ranges: [], rows: [] })
}

/** The deletion that a row of the partition is under, its own aside. */
export function coverOf(place: string, deletion: Deletion | undefined, ranges: RangeTombstones): Deletion | undefined {
  return ranges.length === 0 ? deletion : laterDeletion(deletion, deletionAt(ranges, place))
}

export function isEmptyFragment(fragment: Fragment): boolean {
  return fragment.deletion === undefined && fragment.ranges.length === 0 && fragment.rows.length === 0
}

/** Without the tombstones that may be forgotten. They must have done their work already: merge first. */
export function purgedFragment(fragment: Fragment, purge: Purge): Fragment {
  const rows: Row[] = []
  for (const row of fragment.rows) {
    const kept = purgedRow(row, purge)
    if (kept !== undefined) rows.push(kept)
  }
  const { deletion } = fragment
  return {
    key: fragment.key,
    deletion: deletion !== undefined && isPurgeable(deletion, purge) ? undefined : deletion,
    ranges: fragment.ranges.filter(range => !isPurgeable(range.deletion, purge)),
    rows,
  }
}

/** What of `whole` is not in `part`, a fragment that was merged into it; undefined if nothing is. */
export function difference(whole: Fragment, part: Fragment): Fragment | undefined {
  const known = new Map(part.rows.map(row => [row.place, row]))
  const rows = whole.rows.filter(row => {
    const other = known.get(row.place)
    return other === undefined || !sameRow(row, other)
  })
  const deletion = sameDeletion(whole.deletion, part.deletion) ? undefined : whole.deletion
  const ranges = sameRanges(whole.ranges, part.ranges) ? [] : whole.ranges
  const left: Fragment = { key: whole.key, deletion, ranges, rows }
  return isEmptyFragment(left) ? undefined : left
}
