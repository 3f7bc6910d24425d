// Whether two runs were the same, and if not, between which checkpoints they parted.

import type { RunRecord } from './run-record.ts'

export type Comparison =
  | { readonly kind: 'same'; readonly entries: number; readonly hash: string }
  | {
      readonly kind: 'different'
      /** Both sides still agreed when this many entries were done. */
      readonly agreedUntil: number
      /** They no longer agreed when this many were done: the first difference is before it. */
      readonly differBy: number
    }

export function compareRecords(left: RunRecord, right: RunRecord): Comparison {
  if (left.traceHash === right.traceHash && left.entries === right.entries) {
    return { kind: 'same', entries: left.entries, hash: left.traceHash }
  }
  const shared = Math.min(left.checkpoints.length, right.checkpoints.length)
  let agreedUntil = 0
  for (let index = 0; index < shared; index++) {
    const ours = left.checkpoints[index]
    const theirs = right.checkpoints[index]
    if (ours === undefined || theirs === undefined || ours.entry !== theirs.entry) break
    if (ours.hash !== theirs.hash) return { kind: 'different', agreedUntil, differBy: ours.entry }
    agreedUntil = ours.entry
  }
  return { kind: 'different', agreedUntil, differBy: Math.max(left.entries, right.entries) }
}

/** One sentence. */
export function describeComparison(comparison: Comparison): string {
  switch (comparison.kind) {
    case 'same':
      return `both have ${comparison.entries} entries and the trace hash ${comparison.hash}`
    case 'different':
      return `they agree on the first ${comparison.agreedUntil} entries and differ before entry ${comparison.differBy}`
  }
}
