// A row of the index: a claim about an interval of the log, with the blocks that bear it out.

import type { EpochMs } from '../runtime/clock.ts'
import { ByteReader, ByteWriter, FormatError } from './bytes.ts'

/** The partition of the index that a row stands in. `month`: months since January 1970. */
export interface SegmentKey {
  readonly project: string
  readonly collection: string
  readonly month: number
  readonly log: number
  readonly partition: number
}

/** Claims: these blocks hold every event of the key with start ≤ offset < end. */
export interface SegmentRow {
  readonly start: number
  readonly end: number
  /** Of the content, 32 hex digits: writers of different content never meet in one cell. */
  readonly id: string
  /** 0 from the log; compaction writes higher ones. */
  readonly level: number
  /** The log append time of the interval's last record, in microseconds: the row's timestamp, its removal's is one more. */
  readonly atMicros: number
  readonly blocks: readonly BlockReference[]
}

export interface BlockReference {
  readonly id: string
  readonly events: number
  readonly timeMin: EpochMs
  readonly timeMax: EpochMs
  /**
   * Of all pieces, before they were compressed: the reader's guess of what asking for all at once would bring. Compressed
   * bytes may differ from one build of zstd to the next, and then so would the rows of two workers of one range.
   */
  readonly rawBytes: number
}

/** The row's value: one cell, so that a row is never made of halves of two writers. */
export function encodeSegment(row: Pick<SegmentRow, 'level' | 'atMicros' | 'blocks'>): Uint8Array {
  const out = new ByteWriter(32 + row.blocks.length * 48)
  out.u8(VERSION)
  out.varint(row.level)
  out.varint(row.atMicros)
  out.varint(row.blocks.length)
  for (const block of row.blocks) {
    out.hex(block.id)
    out.varint(block.events)
    out.f64(block.timeMin)
    out.f64(block.timeMax)
    out.varint(block.rawBytes)
  }
  return out.done()
}

/** Throws FormatError. */
export function decodeSegment(value: Uint8Array): Pick<SegmentRow, 'level' | 'atMicros' | 'blocks'> {
  const source = new ByteReader(value)
  const version = source.u8()
  if (version !== VERSION) throw new FormatError(`an index row of the unknown version ${version}`)
  const level = source.varint()
  const atMicros = source.varint()
  const blocks = Array.from({ length: source.count() }, () => ({
    id: source.hex(16),
    events: source.varint(),
    timeMin: source.f64(),
    timeMax: source.f64(),
    rawBytes: source.varint(),
  }))
  source.end()
  return { level, atMicros, blocks }
}

const VERSION = 1
