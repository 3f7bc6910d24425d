// The events of a block as JSON objects again: the same members in the same order, `keen` first.

import type { EpochMs } from '../runtime/clock.ts'
import type { BlockHeader } from './block-header.ts'
import { CREATED_AT_COLUMN, TIMESTAMP_COLUMN } from './block-header.ts'
import { FormatError } from './bytes.ts'
import { valuesOf } from './column.ts'
import { formatEventId } from './event-id.ts'
import { isObject, setMember } from './leaves.ts'
import type { Pieces } from './open-block.ts'
import { openColumns } from './open-block.ts'

export type EventObject = Record<string, unknown>

/**
 * Restores the events for which `isChosen` is 1. `wanted` says which leaves are given, by their paths; keen.timestamp,
 * keen.created_at and keen.id are asked for like the others. Throws FormatError.
 */
export function restoreRows(
  header: BlockHeader,
  pieces: Pieces,
  options: { readonly isChosen: Uint8Array; readonly wanted: (path: readonly string[]) => boolean },
): EventObject[] {
  const columns = openColumns(header, pieces, entry => options.wanted(entry.path))
  const values = columns.map(column => (column === undefined ? undefined : valuesOf(column)))
  const isIdWanted = options.wanted(['keen', 'id'])
  const next = new Uint32Array(columns.length)
  const events: EventObject[] = []
  for (let row = 0; row < header.offsets.length; row++) {
    const shape = header.shapes[header.shapeOf[row]!]!
    if (options.isChosen[row] !== 1) {
      for (const column of shape) next[column]!++
      continue
    }
    const event: EventObject = {}
    const timestamps = values[TIMESTAMP_COLUMN]
    const createdAts = values[CREATED_AT_COLUMN]
    if (timestamps !== undefined) put(event, ['keen', 'timestamp'], isoOf(timestamps[row]))
    if (createdAts !== undefined) put(event, ['keen', 'created_at'], isoOf(createdAts[row]))
    if (isIdWanted) put(event, ['keen', 'id'], idAt(header, row))
    for (const column of shape) {
      const place = next[column]!++
      const from = values[column]
      if (from === undefined) continue
      if (place >= from.length) throw new FormatError('a column has fewer values than events')
      put(event, header.columns[column]!.path, from[place])
    }
    events.push(event)
  }
  return events
}

export function idAt(header: BlockHeader, row: number): string {
  const { log, partition, month } = header.place
  return formatEventId({ log, partition, month, offset: header.offsets[row]!, index: header.indexes[row]! })
}

/** `YYYY-MM-DDTHH:MM:SS.mmmZ`; years before 0 and after 9999 have a sign and six digits. */
export function isoOf(timestamp: unknown): string {
  const date = new Date(timestamp as EpochMs)
  if (Number.isNaN(date.getTime())) throw new FormatError('a time out of range')
  return date.toISOString()
}

function put(event: EventObject, path: readonly string[], value: unknown): void {
  let object = event
  for (let depth = 0; depth < path.length - 1; depth++) {
    const key = path[depth]!
    const member = Object.hasOwn(object, key) ? object[key] : undefined
    if (isObject(member)) {
      object = member
    } else {
      const made: EventObject = {}
      setMember(object, key, made)
      object = made
    }
  }
  setMember(object, path[path.length - 1]!, value)
}
