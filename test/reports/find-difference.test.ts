import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findDifference } from '../../reports/find-difference.ts'
import type { Difference, TraceSide } from '../../reports/find-difference.ts'
import type { TraceRow } from '../../reports/trace-file.ts'

/** A run whose entry `n` is at n ms, and whose hash follows from all that came before. */
function runOf(entries: number, changed: { readonly at?: number; readonly delivered?: number } = {}): TraceSide {
  const rows = Array.from({ length: entries }, (_, n): TraceRow => {
    const isLater = n > (changed.delivered ?? Infinity) || n >= (changed.at ?? Infinity)
    const host = n === changed.at ? 'kafka-1' : 'write-1'
    return { hash: isLater ? n + 1_000_000 : n, sequence: n, kind: 'timer', host, atMicros: n * 1_000 }
  })
  return { rows: { row: index => rows[index] }, entries }
}

function find(left: TraceSide, right: TraceSide, from = 0, to = Infinity): Difference {
  return findDifference({ left, right }, { from, to })
}

describe('the first difference of two traces', () => {
  it('is the first entry that is another one', () => {
    fc.assert(
      fc.property(fc.nat(49), fc.nat(49), (at, from) => {
        fc.pre(from <= at)
        expect(find(runOf(50), runOf(50, { at }), from)).toEqual({ kind: 'entry', index: at })
      }),
    )
  })

  it('is the entry before, where an equal entry has another hash: what it delivered is in the hash of the next', () => {
    expect(find(runOf(50), runOf(50, { delivered: 7 }))).toEqual({ kind: 'delivered', index: 7 })
  })

  it('is what the last entry delivered, where all rows agree and the runs do not', () => {
    expect(find(runOf(50), runOf(50))).toEqual({ kind: 'delivered', index: 49 })
  })

  it('is the end of the shorter run, where the longer one has all of it', () => {
    expect(find(runOf(50), runOf(60))).toEqual({ kind: 'ended', index: 50, shorter: 'left' })
    expect(find(runOf(60), runOf(50))).toEqual({ kind: 'ended', index: 50, shorter: 'right' })
  })

  it('is unknown from the first row that a side has not kept', () => {
    const cut: TraceSide = { rows: { row: index => (index < 10 ? runOf(50).rows.row(index) : undefined) }, entries: 50 }
    expect(find(runOf(50, { at: 20 }), cut)).toEqual({ kind: 'not-kept', index: 10 })
  })
})
