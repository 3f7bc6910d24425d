// What a replica is asked to read, and how it cuts its answer.
//
// An answer ends after as many live rows as were asked for, and says where: up to there it is everything that the replica
// knows, tombstones included. Answers of several replicas are merged up to the nearest of their ends; what lies beyond is
// asked for again. That is how a limit stays right when one replica holds tombstones for the rows of another.

import type { Fragment } from '../data/fragment.ts'
import type { RangeTombstone } from '../data/range-tombstones.ts'
import type { Row } from '../data/row.ts'
import { isLiveRow } from '../data/row.ts'
import type { Token } from '../ring/murmur3.ts'
import type { Slice } from '../statement/slices.ts'

export interface ReadCommand {
  /** As the storage engine calls it. */
  readonly table: string
  readonly key: Uint8Array
  /** In order, disjoint. */
  readonly slices: readonly Slice[]
  readonly isReversed: boolean
  /** Live rows. */
  readonly limit: number
}

export interface ReadAnswer {
  readonly fragment: Fragment
  /** The place of the last row that was looked at; undefined: there is no more in the slices. */
  readonly end: string | undefined
}

export interface ScanCommand {
  readonly table: string
  readonly after: Token
  /** Undefined: to the end of the ring. */
  readonly to: Token | undefined
  /** Partitions. */
  readonly limit: number
}

export interface ScanAnswer {
  /** In token order. */
  readonly fragments: readonly Fragment[]
  /** The token up to which the answer is complete; undefined: up to the end of what was asked. */
  readonly through: Token | undefined
}

/** The part of a partition that answers the command. */
export function answerRead(whole: Fragment | undefined, command: ReadCommand): ReadAnswer {
  if (whole === undefined) return { fragment: emptyFragment(command.key), end: undefined }
  const { rows, end } = command.isReversed ? lastRows(whole, command) : firstRows(whole, command)
  const slices = end === undefined ? command.slices : slicesUpTo(command, end)
  return { fragment: { ...whole, ranges: clipped(whole.ranges, slices), rows }, end }
}

/** An answer as if the replica had stopped at `end`. */
export function endingAt(answer: ReadAnswer, command: ReadCommand, end: string | undefined): ReadAnswer {
  if (end === undefined || answer.end === end) return answer
  const { fragment } = answer
  const rows = fragment.rows.filter(row => (command.isReversed ? row.place >= end : row.place <= end))
  return { fragment: { ...fragment, rows, ranges: clipped(fragment.ranges, slicesUpTo(command, end)) }, end }
}

/** The slices that are left when everything up to `end` was read. */
export function slicesAfter(command: Pick<ReadCommand, 'slices' | 'isReversed'>, end: string): readonly Slice[] {
  return command.slices.flatMap(slice => {
    if (command.isReversed) {
      return slice.start >= end ? [] : [{ start: slice.start, end: slice.end < end ? slice.end : end }]
    }
    const next = justAfter(end)
    return slice.end <= next ? [] : [{ start: slice.start > next ? slice.start : next, end: slice.end }]
  })
}

export function emptyFragment(key: Uint8Array): Fragment {
  return { key, deletion: undefined, ranges: [], rows: [] }
}

function slicesUpTo(command: ReadCommand, end: string): readonly Slice[] {
  return command.slices.flatMap(slice => {
    if (command.isReversed) {
      return slice.end <= end ? [] : [{ start: slice.start > end ? slice.start : end, end: slice.end }]
    }
    const stop = justAfter(end)
    return slice.start >= stop ? [] : [{ start: slice.start, end: slice.end < stop ? slice.end : stop }]
  })
}

function firstRows(
  { rows }: Fragment,
  { slices, limit }: ReadCommand,
): { readonly rows: readonly Row[]; readonly end: string | undefined } {
  const found: Row[] = []
  let live = 0
  for (const slice of slices) {
    for (let index = firstAtOrAfter(rows, slice.start); index < rows.length; index++) {
      const row = rows[index]
      if (row === undefined || row.place >= slice.end) break
      if (live >= limit) return { rows: found, end: found.at(-1)?.place }
      found.push(row)
      if (isLiveRow(row)) live++
    }
  }
  return { rows: found, end: undefined }
}

function lastRows(
  { rows }: Fragment,
  { slices, limit }: ReadCommand,
): { readonly rows: readonly Row[]; readonly end: string | undefined } {
  const found: Row[] = []
  let live = 0
  for (const slice of [...slices].reverse()) {
    for (let index = firstAtOrAfter(rows, slice.end) - 1; index >= 0; index--) {
      const row = rows[index]
      if (row === undefined || row.place < slice.start) break
      if (live >= limit) return { rows: found.reverse(), end: found[0]?.place }
      found.push(row)
      if (isLiveRow(row)) live++
    }
  }
  return { rows: found.reverse(), end: undefined }
}

function clipped(ranges: readonly RangeTombstone[], slices: readonly Slice[]): readonly RangeTombstone[] {
  if (ranges.length === 0) return ranges
  return slices.flatMap(slice =>
    ranges.flatMap(({ start, end, deletion }) => {
      const from = start > slice.start ? start : slice.start
      const to = end < slice.end ? end : slice.end
      return from < to ? [{ start: from, end: to, deletion }] : []
    }),
  )
}

function firstAtOrAfter(rows: readonly Row[], place: string): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rows[middle]?.place ?? '') < place) low = middle + 1
    else high = middle
  }
  return low
}

/** The first string after it. */
function justAfter(place: string): string {
  return `${place}\0`
}
