// The first difference of two runs as its reader sees it: the entries before it, what each side has there, and where that was
// armed.

import { join } from 'node:path'
import type { Difference } from './find-difference.ts'
import { isSameEntry } from './find-difference.ts'
import { formatCount } from './numbers-text.ts'
import { formatTable } from './table-text.ts'
import type { TraceRow, TraceRows } from './trace-file.ts'
import { formatVirtual } from './virtual-time.ts'

export interface DifferenceSides {
  readonly left: DifferenceSide
  readonly right: DifferenceSide
}

export interface DifferenceSide {
  readonly rows: TraceRows
  /** A stack, or why there is none. */
  readonly armedAt: string
}

/** Several lines. Entries are counted from 1, as `--until` counts them. */
export function formatDifference(
  difference: Exclude<Difference, { readonly kind: 'not-kept' }>,
  { left, right }: DifferenceSides,
): string {
  const { index } = difference
  const table: (readonly string[])[] = [HEADER]
  for (let before = Math.max(0, index - ENTRIES_BEFORE); before < index; before++) {
    table.push(...rowLines(before, left.rows, right.rows))
  }
  for (let after = index; after <= index + ENTRIES_AFTER; after++) {
    table.push(...rowLines(after, left.rows, right.rows))
  }
  return [
    sentenceOf(difference),
    '',
    ...formatTable(table).map(line => `  ${line}`),
    ...stackLines('left', left.armedAt),
    ...stackLines('right', right.armedAt),
  ].join('\n')
}

/** What is shown on both sides of the difference. */
const ENTRIES_BEFORE = 8
export const ENTRIES_AFTER = 2

function sentenceOf(difference: Exclude<Difference, { readonly kind: 'not-kept' }>): string {
  const entry = formatCount(difference.index + 1)
  const before = agreement(difference.index)
  switch (difference.kind) {
    case 'entry':
      return `${before}Entry ${entry} is another one on each side.`
    case 'delivered':
      return `${before}Entry ${entry} is on both sides, but what it delivered differs: the hash of the next one shows it.`
    case 'ended':
      return `${before}The ${difference.shorter} run has no entry ${entry}; the other goes on.`
  }
}

function agreement(entries: number): string {
  if (entries === 0) return ''
  return entries === 1 ? 'The first entry agrees. ' : `The first ${formatCount(entries)} entries agree. `
}

const HEADER = ['', 'entry', 'virtual time', 'host', 'kind', 'sequence', 'hash']

/** One line where both sides agree, otherwise one for each side that has the entry. */
function rowLines(index: number, left: TraceRows, right: TraceRows): readonly (readonly string[])[] {
  const [ours, theirs] = [left.row(index), right.row(index)]
  if (ours !== undefined && theirs !== undefined && ours.hash === theirs.hash && isSameEntry(ours, theirs)) {
    return [cellsOf('', index, ours)]
  }
  return [
    ...(ours === undefined ? [] : [cellsOf('left', index, ours)]),
    ...(theirs === undefined ? [] : [cellsOf('right', index, theirs)]),
  ]
}

function cellsOf(side: string, index: number, row: TraceRow): readonly string[] {
  const host = row.host === '' ? 'the world' : row.host
  const hash = row.hash.toString(16).padStart(8, '0')
  return [side, formatCount(index + 1), formatVirtual(row.atMicros), host, row.kind, formatCount(row.sequence), hash]
}

function stackLines(side: string, armedAt: string): readonly string[] {
  return ['', `${side}: where the entry was armed`, ...framesOf(armedAt)]
}

/** Without the kernel's own frames, which are the same for every entry. */
function framesOf(stack: string): readonly string[] {
  const lines = stack.split('\n')
  const frames = lines.filter(line => /^\s+at /.test(line))
  if (frames.length === 0) return lines.map(line => `    ${line}`)
  const first = frames.findIndex(line => !line.includes('sim/kernel/world.ts'))
  const loop = frames.findIndex(line => line.includes('AsyncResource.runInAsyncScope'))
  return frames
    .slice(Math.max(first, 0), loop === -1 ? undefined : loop)
    .map(line => `    ${line.trim().replace(`file://${ROOT}`, '').replace(ROOT, '')}`)
}

/** Left out of paths, as it says nothing on another machine. */
const ROOT = join(import.meta.dirname, '..', '/')
