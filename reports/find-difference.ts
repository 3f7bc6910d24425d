// Where two traces part: the first entry that is another one, or that did something else.

import type { TraceRow, TraceRows } from './trace-file.ts'

export interface TraceSide {
  readonly rows: TraceRows
  /** How many entries the run had. */
  readonly entries: number
}

/** `index`: of an entry, from 0. */
export type Difference =
  /** The entry itself is another one: another moment, host, kind or sequence number. */
  | { readonly kind: 'entry'; readonly index: number }
  /** Both sides have the entry, and it delivered other bytes. */
  | { readonly kind: 'delivered'; readonly index: number }
  /** All entries of the shorter run are in the longer one, which has this one, too. */
  | { readonly kind: 'ended'; readonly index: number; readonly shorter: 'left' | 'right' }
  /** A side has not kept this row, and everything before it agrees. */
  | { readonly kind: 'not-kept'; readonly index: number }

/** Looks at the entries from `from` until the first difference, which must be before `to` where there is one. */
export function findDifference(
  sides: { readonly left: TraceSide; readonly right: TraceSide },
  range: { readonly from: number; readonly to: number },
): Difference {
  const { left, right } = sides
  const entries = Math.min(left.entries, right.entries)
  for (let index = range.from; index < Math.min(entries, range.to); index++) {
    const ours = left.rows.row(index)
    const theirs = right.rows.row(index)
    if (ours === undefined || theirs === undefined) return { kind: 'not-kept', index }
    if (ours.hash === theirs.hash) continue
    // A row's hash has the bytes of all entries before it: the first that shows them is the one after.
    if (isSameEntry(ours, theirs) && index > 0) return { kind: 'delivered', index: index - 1 }
    return { kind: 'entry', index }
  }
  if (left.entries === right.entries) return { kind: 'delivered', index: entries - 1 }
  return { kind: 'ended', index: entries, shorter: left.entries < right.entries ? 'left' : 'right' }
}

/** Whatever came before it. */
export function isSameEntry(a: TraceRow, b: TraceRow): boolean {
  return a.sequence === b.sequence && a.atMicros === b.atMicros && a.host === b.host && a.kind === b.kind
}
