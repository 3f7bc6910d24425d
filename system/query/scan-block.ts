// What one block gives to a query: a pure function of bytes and plain data.

import type { EpochMs } from '../runtime/clock.ts'
import { readHeaderPiece } from '../store/block-header.ts'
import { TIMESTAMP_COLUMN } from '../store/block-header.ts'
import { FormatError } from '../store/bytes.ts'
import type { Interval } from '../store/cover.ts'
import type { Pieces } from '../store/open-block.ts'
import { openColumns } from '../store/open-block.ts'
import type { EventObject } from '../store/rows.ts'
import { idAt, restoreRows } from '../store/rows.ts'
import type { Filter } from './filters.ts'
import { jsonLength } from './json-length.ts'
import type { PropertyPath } from './property-path.ts'
import { isSamePath, startsWith } from './property-path.ts'
import type { Mask, OpenBlock } from './select-rows.ts'
import { maskOfClips, narrowToFilters, narrowToTimeframe, pathsOfFilters } from './select-rows.ts'
import type { Timeframe } from './timeframe.ts'

export interface ScanPlan {
  readonly timeframe: Timeframe | undefined
  readonly filters: readonly Filter[]
  readonly output: ScanOutput
}

export type ScanOutput =
  | { readonly kind: 'count' }
  /** `properties` undefined: whole events. `latest`: no more than so many, the newest. */
  | {
      readonly kind: 'events'
      readonly properties: readonly PropertyPath[] | undefined
      readonly latest: number | undefined
    }

export interface ScanInput {
  readonly blockId: string
  readonly events: number
  readonly clips: readonly Interval[] | undefined
  readonly pieces: Pieces
}

export interface ScanResult {
  /** Events of the timeframe, before the filters. */
  readonly scanned: number
  readonly matched: number
  /** Of an extraction, in the order of the log. */
  readonly rows: readonly ExtractedRow[]
}

export interface ExtractedRow {
  readonly timestamp: EpochMs
  readonly id: string
  readonly event: EventObject
  /** Of the event, at most. */
  readonly jsonLength: number
}

/** A damaged block is a result, not an error: another replica may have a sound one. */
export type Scanned = { readonly kind: 'scanned'; readonly result: ScanResult } | Damaged

export interface Damaged {
  readonly kind: 'damaged'
  readonly reason: string
}

export function scanBlock(plan: ScanPlan, input: ScanInput): Scanned {
  try {
    return { kind: 'scanned', result: scan(plan, input) }
  } catch (error) {
    if (error instanceof FormatError) return { kind: 'damaged', reason: error.message }
    throw error
  }
}

/** The pieces that a scan will ask for, once the header is known; or why it cannot be. */
export function piecesToScan(
  plan: ScanPlan,
  input: { readonly blockId: string; readonly header: Uint8Array | undefined },
): { readonly kind: 'pieces'; readonly pieces: readonly number[] } | Damaged {
  if (input.header === undefined) return { kind: 'damaged', reason: 'piece 0 is missing' }
  try {
    const header = readHeaderPiece(input.blockId, input.header)
    const entries = header.columns.filter(entry => isScanned(plan, entry.path) || isGiven(plan.output, entry.path))
    return { kind: 'pieces', pieces: [...new Set(entries.map(entry => entry.piece))] }
  } catch (error) {
    if (error instanceof FormatError) return { kind: 'damaged', reason: error.message }
    throw error
  }
}

function scan(plan: ScanPlan, { blockId, events, clips, pieces }: ScanInput): ScanResult {
  const piece = pieces.get(0)
  if (piece === undefined) throw new FormatError('piece 0 is missing')
  const header = readHeaderPiece(blockId, piece)
  if (header.offsets.length !== events) throw new FormatError(`${header.offsets.length} events instead of ${events}`)
  const columns = openColumns(header, pieces, entry => isScanned(plan, entry.path))
  const block: OpenBlock = { header, columns }
  const mask = maskOfClips(header, clips)
  if (plan.timeframe !== undefined) narrowToTimeframe(mask, block, plan.timeframe)
  const scanned = countOf(mask)
  narrowToFilters(mask, block, plan.filters)
  const matched = countOf(mask)
  const { output } = plan
  if (output.kind === 'count' || matched === 0) return { scanned, matched, rows: [] }
  const times = columns[TIMESTAMP_COLUMN]!.numbers
  if (output.latest !== undefined) keepLatest(mask, times, { matched, latest: output.latest })
  const restored = restoreRows(header, pieces, { isChosen: mask, wanted: path => isGiven(output, path) })
  const chosen = [...mask.keys()].filter(row => mask[row] === 1)
  const rows = chosen.map((row, index) => {
    const event = restored[index]!
    return { timestamp: times[row]!, id: idAt(header, row), event, jsonLength: jsonLength(event) }
  })
  return { scanned, matched, rows }
}

/** The values that decide which events are taken, and in which order. */
function isScanned(plan: ScanPlan, path: PropertyPath): boolean {
  if (isSamePath(path, TIMESTAMP))
    return plan.timeframe !== undefined || plan.output.kind === 'events' || isFiltered(plan, path)
  return isFiltered(plan, path)
}

function isFiltered(plan: ScanPlan, path: PropertyPath): boolean {
  return pathsOfFilters(plan.filters).some(filtered => isSamePath(filtered, path))
}

/** A property that is an object is given with all that is in it. */
function isGiven(output: ScanOutput, path: PropertyPath): boolean {
  if (output.kind === 'count') return false
  return output.properties === undefined || output.properties.some(property => startsWith(path, property))
}

/** Of more than `latest` events, those with the greatest times; among equal times the last in the log. */
function keepLatest(mask: Mask, times: Float64Array, { matched, latest }: { matched: number; latest: number }): void {
  if (matched <= latest) return
  const rows = [...mask.keys()].filter(row => mask[row] === 1)
  rows.sort((a, b) => times[b]! - times[a]! || b - a)
  for (const row of rows.slice(latest)) mask[row] = 0
}

function countOf(mask: Mask): number {
  let count = 0
  for (const one of mask) count += one
  return count
}

const TIMESTAMP: PropertyPath = ['keen', 'timestamp']
