// From a range of the log to blocks and index rows: a pure function, so that every worker that applies the range writes the
// same bytes under the same keys.

import { createHash } from 'node:crypto'
import type { LogRecord } from '../queue/log-worker.ts'
import type { EventRecord } from '../queue/record.ts'
import { decodeRecord, RecordError } from '../queue/record.ts'
import type { Block, BlockEvent } from '../store/block.ts'
import { BLOCK_EVENTS_MAX, BLOCK_JSON_BYTES_MAX, makeBlock } from '../store/block.ts'
import type { LogPartition } from '../store/block-store.ts'
import { monthOf } from '../store/event-id.ts'
import type { LaneTable, RecordMark } from '../store/progress.ts'
import type { SegmentKey, SegmentRow } from '../store/segment.ts'
import { encodeSegment } from '../store/segment.ts'
import { parseEventBody, PoisonError } from './event-body.ts'
import { Lanes } from './lanes.ts'

export interface PackedRange {
  /** start ≤ offset < end. */
  readonly start: number
  readonly end: number
  readonly events: number
  readonly groups: readonly PackedGroup[]
  /** The record end − 1, and the lanes as they are after it. */
  readonly last: RecordMark
  readonly lanes: LaneTable
  readonly repeats: readonly (RecordMark & { readonly offset: number })[]
  readonly poison: readonly Poison[]
}

/** The events of one project, collection and month. */
export interface PackedGroup {
  readonly key: SegmentKey
  readonly row: SegmentRow
  readonly blocks: readonly Block[]
}

/** What was left out: one event of a record or, without an index, a whole record that cannot be read. */
export interface Poison {
  readonly offset: number
  readonly index: number | undefined
  readonly reason: string
}

/** `records` without a gap, at least one; `lanes` as they are before them. */
export function packRange(place: LogPartition, records: readonly LogRecord[], table: LaneTable): PackedRange {
  const lanes = new Lanes(table)
  const groups = new Map<string, Group>()
  const repeats: (RecordMark & { offset: number })[] = []
  const poison: Poison[] = []
  const [start, end] = [records[0]!.offset, records.at(-1)!.offset + 1]
  for (const { offset, value } of records) {
    const record = decode(value)
    if (record instanceof RecordError) {
      poison.push({ offset, index: undefined, reason: record.message })
    } else if (lanes.isNew(record)) {
      addEvents(groups, poison, { place, offset, record })
    } else {
      repeats.push({ offset, writer: record.writer, n: record.n })
    }
  }
  const atMicros = microsOf(records.at(-1)!)
  const packed = [...groups.values()].map(group => packGroup(group, { start, end, atMicros }))
  const events = packed.reduce((sum, { row }) => sum + row.blocks.reduce((count, block) => count + block.events, 0), 0)
  const last = markOf(records.at(-1)!)
  return { start, end, events, groups: packed, last, lanes: lanes.table(), repeats, poison }
}

/** What a record is, for telling later whether the log still says the same at its offset. */
export function markOf({ value }: LogRecord): RecordMark {
  const record = decode(value)
  if (!(record instanceof RecordError)) return { writer: record.writer, n: record.n }
  return { writer: createHash('sha256').update(value).digest('hex').slice(0, 32), n: -1 }
}

interface Group {
  readonly key: SegmentKey
  /** Each list becomes a block. */
  readonly blocks: BlockEvent[][]
  /** JSON bytes of the last one. */
  jsonBytes: number
}

function decode(value: Uint8Array): EventRecord | RecordError {
  try {
    return decodeRecord(value)
  } catch (error) {
    if (error instanceof RecordError) return error
    throw error
  }
}

function addEvents(
  groups: Map<string, Group>,
  poison: Poison[],
  from: { readonly place: LogPartition; readonly offset: number; readonly record: EventRecord },
): void {
  const { place, offset, record } = from
  for (const [index, { collection, timestamp, body }] of record.events.entries()) {
    try {
      const properties = parseEventBody(body)
      const key = { project: record.project, collection, month: monthOf(timestamp), ...place }
      const event = { offset, index, timestamp, createdAt: record.receivedAt, properties }
      add(groups, key, { event, jsonBytes: body.length })
    } catch (error) {
      if (!(error instanceof PoisonError)) throw error
      poison.push({ offset, index, reason: error.message })
    }
  }
}

function add(groups: Map<string, Group>, key: SegmentKey, given: { event: BlockEvent; jsonBytes: number }): void {
  const name = JSON.stringify([key.project, key.collection, key.month])
  let group = groups.get(name)
  if (group === undefined) groups.set(name, (group = { key, blocks: [], jsonBytes: 0 }))
  const block = group.blocks.at(-1)
  const isFull = block?.length === BLOCK_EVENTS_MAX || group.jsonBytes + given.jsonBytes > BLOCK_JSON_BYTES_MAX
  if (block === undefined || isFull) {
    group.blocks.push([given.event])
    group.jsonBytes = given.jsonBytes
  } else {
    block.push(given.event)
    group.jsonBytes += given.jsonBytes
  }
}

function packGroup(group: Group, range: { start: number; end: number; atMicros: number }): PackedGroup {
  const { start, end, atMicros } = range
  const blocks = group.blocks.map(events => makeBlock({ ...group.key, start, end }, events))
  const references = blocks.map(({ id, events, timeMin, timeMax, rawBytes }) => ({
    ...{ id, events, timeMin, timeMax, rawBytes },
  }))
  const content = { level: 0, atMicros, blocks: references }
  const id = createHash('sha256').update(`${start} ${end} `).update(encodeSegment(content)).digest('hex').slice(0, 32)
  return { key: group.key, row: { start, end, id, ...content }, blocks }
}

function microsOf(record: LogRecord): number {
  return Math.max(record.appendTimeMs, 0) * 1_000
}
