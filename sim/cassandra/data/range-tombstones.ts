// Deletions of stretches of a partition, kept as stretches that do not overlap, in order.

import type { Deletion } from './cell.ts'
import { laterDeletion, sameDeletion } from './cell.ts'

/** Rows with `start` ≤ place < `end`. */
export interface RangeTombstone {
  readonly start: string
  readonly end: string
  readonly deletion: Deletion
}

/** In order, disjoint; stretches that touch differ in their deletion. So equal deletions have equal lists. */
export type RangeTombstones = readonly RangeTombstone[]

export const NO_RANGES: RangeTombstones = []

/** Where both lists delete, the later deletion counts. */
export function mergeRanges(a: RangeTombstones, b: RangeTombstones): RangeTombstones {
  if (a.length === 0) return b
  if (b.length === 0) return a
  const bounds = [...new Set([...a, ...b].flatMap(range => [range.start, range.end]))].sort(byCodeUnit)
  const merged: RangeTombstone[] = []
  let nextA = 0
  let nextB = 0
  for (let index = 0; index + 1 < bounds.length; index++) {
    const start = bounds[index] ?? ''
    const end = bounds[index + 1] ?? ''
    while (nextA < a.length && (a[nextA]?.end ?? '') <= start) nextA++
    while (nextB < b.length && (b[nextB]?.end ?? '') <= start) nextB++
    const deletion = laterDeletion(covering(a[nextA], start), covering(b[nextB], start))
    if (deletion === undefined) continue
    const last = merged.at(-1)
    if (last?.end === start && sameDeletion(last.deletion, deletion)) {
      merged[merged.length - 1] = { start: last.start, end, deletion: last.deletion }
    } else {
      merged.push({ start, end, deletion })
    }
  }
  return merged
}

/** The deletion that covers one place. */
export function deletionAt(ranges: RangeTombstones, place: string): Deletion | undefined {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ranges[middle]?.end ?? '') <= place) low = middle + 1
    else high = middle
  }
  return covering(ranges[low], place)
}

/** Those that a deletion of everything leaves. */
export function coveredRanges(ranges: RangeTombstones, deletion: Deletion | undefined): RangeTombstones {
  if (deletion === undefined || ranges.length === 0) return ranges
  return ranges.filter(range => laterDeletion(deletion, range.deletion) !== deletion)
}

export function sameRanges(a: RangeTombstones, b: RangeTombstones): boolean {
  return (
    a === b ||
    (a.length === b.length &&
      a.every((range, index) => {
        const other = b[index]
        return (
          other !== undefined &&
          range.start === other.start &&
          range.end === other.end &&
          sameDeletion(range.deletion, other.deletion)
        )
      }))
  )
}

function covering(range: RangeTombstone | undefined, place: string): Deletion | undefined {
  return range !== undefined && range.start <= place && place < range.end ? range.deletion : undefined
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
