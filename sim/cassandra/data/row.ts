// A row, and what two versions of it become.

import type { Cell, Deletion } from './cell.ts'
import { laterDeletion, resolveCells, sameDeletion } from './cell.ts'

export interface Row {
  /** The clustering values in a form that sorts as the table does: see `types/comparable.ts`. */
  readonly place: string
  readonly clustering: readonly Uint8Array[]
  /** Set by INSERT: the row exists even when no cell does. */
  readonly insertedMicros: bigint | undefined
  readonly deletion: Deletion | undefined
  /** By the ordinal of the column in its table; absent ones are undefined. */
  readonly cells: readonly (Cell | undefined)[]
}

export function mergeRows(a: Row, b: Row): Row {
  const deletion = laterDeletion(a.deletion, b.deletion)
  const cells: (Cell | undefined)[] = []
  const count = Math.max(a.cells.length, b.cells.length)
  for (let ordinal = 0; ordinal < count; ordinal++) {
    const left = a.cells[ordinal]
    const right = b.cells[ordinal]
    cells.push(left === undefined ? right : right === undefined ? left : resolveCells(left, right))
  }
  const merged: Row = {
    place: a.place,
    clustering: a.clustering,
    insertedMicros: laterMicros(a.insertedMicros, b.insertedMicros),
    deletion,
    cells,
  }
  return deletion === undefined ? merged : withoutOlder(merged, deletion.atMicros)
}

/** The row under a deletion of something larger that covers it; undefined if nothing of it is left. */
export function coveredRow(row: Row, deletion: Deletion | undefined): Row | undefined {
  if (deletion === undefined) return row
  const covers = row.deletion !== undefined && laterDeletion(deletion, row.deletion) === deletion
  const rest = withoutOlder(row, deletion.atMicros)
  if (!covers && rest === row) return row
  const left: Row = covers ? { ...rest, deletion: undefined } : rest
  return isEmptyRow(left) ? undefined : left
}

export function isEmptyRow(row: Row): boolean {
  return row.insertedMicros === undefined && row.deletion === undefined && !row.cells.some(cell => cell !== undefined)
}

/** A reader sees it: it was inserted, or has a value. */
export function isLiveRow(row: Row): boolean {
  return row.insertedMicros !== undefined || row.cells.some(cell => cell?.value !== undefined)
}

/** Without the tombstones that were made before `purgeBeforeSeconds` and are older than `olderThanMicros`. */
export function purgedRow(row: Row, purge: Purge): Row | undefined {
  const purgesDeletion = row.deletion !== undefined && isPurgeable(row.deletion, purge)
  const purgesCell = row.cells.some(cell => cell !== undefined && cell.value === undefined && isPurgeable(cell, purge))
  if (!purgesDeletion && !purgesCell) return row
  const left: Row = {
    ...row,
    deletion: purgesDeletion ? undefined : row.deletion,
    cells: row.cells.map(cell => (cell?.value === undefined && cell && isPurgeable(cell, purge) ? undefined : cell)),
  }
  return isEmptyRow(left) ? undefined : left
}

export interface Purge {
  readonly beforeSeconds: number
  /** No tombstone of this timestamp or later may go: something older than it may be where we do not look. */
  readonly olderThanMicros: bigint
}

export function isPurgeable(deletion: Deletion, purge: Purge): boolean {
  return deletion.localSeconds < purge.beforeSeconds && deletion.atMicros < purge.olderThanMicros
}

export function sameRow(a: Row, b: Row): boolean {
  if (a === b) return true
  if (a.place !== b.place || a.insertedMicros !== b.insertedMicros || !sameDeletion(a.deletion, b.deletion))
    return false
  const count = Math.max(a.cells.length, b.cells.length)
  for (let ordinal = 0; ordinal < count; ordinal++) {
    if (!sameCell(a.cells[ordinal], b.cells[ordinal])) return false
  }
  return true
}

function sameCell(a: Cell | undefined, b: Cell | undefined): boolean {
  if (a === b) return true
  if (a === undefined || b === undefined) return false
  if (a.atMicros !== b.atMicros || a.localSeconds !== b.localSeconds) return false
  if (a.value === undefined || b.value === undefined) return a.value === b.value
  return Buffer.compare(a.value, b.value) === 0
}

function withoutOlder(row: Row, atMicros: bigint): Row {
  const goes = (micros: bigint | undefined): boolean => micros !== undefined && micros <= atMicros
  if (!goes(row.insertedMicros) && !row.cells.some(cell => goes(cell?.atMicros))) return row
  return {
    ...row,
    insertedMicros: goes(row.insertedMicros) ? undefined : row.insertedMicros,
    cells: row.cells.map(cell => (goes(cell?.atMicros) ? undefined : cell)),
  }
}

function laterMicros(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined) return b
  return b === undefined || a >= b ? a : b
}
