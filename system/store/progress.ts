// How far a partition of the log has been applied, and what the next worker must know to go on from there.

import { ByteReader, ByteWriter, FormatError } from './bytes.ts'

export interface Progress {
  /** Everything with from ≤ offset < end is in the index. */
  readonly from: number
  readonly end: number
  /** What the record end − 1 is: if the log says otherwise, it was truncated and written anew. */
  readonly last: RecordMark
  readonly lanes: LaneTable
}

/** A record, told apart from any other that may stand at its offset. Of one that cannot be decoded: a hash, and n = −1. */
export interface RecordMark {
  /** 32 hex digits. */
  readonly writer: string
  readonly n: number
}

/** The last n of each writer, those heard of longest ago first. */
export type LaneTable = readonly Lane[]

export interface Lane {
  readonly writer: string
  readonly lastN: number
}

export function encodeProgress(progress: Progress): Uint8Array {
  const out = new ByteWriter(64 + progress.lanes.length * 20)
  out.u8(VERSION)
  out.varint(progress.from)
  out.varint(progress.end)
  out.hex(progress.last.writer)
  out.varint(progress.last.n + 1)
  out.varint(progress.lanes.length)
  for (const lane of progress.lanes) {
    out.hex(lane.writer)
    out.varint(lane.lastN)
  }
  return out.done()
}

/** Throws FormatError. */
export function decodeProgress(value: Uint8Array): Progress {
  const source = new ByteReader(value)
  const version = source.u8()
  if (version !== VERSION) throw new FormatError(`progress of the unknown version ${version}`)
  const from = source.varint()
  const end = source.varint()
  const last = { writer: source.hex(16), n: source.varint() - 1 }
  const lanes = Array.from({ length: source.count() }, () => ({ writer: source.hex(16), lastN: source.varint() }))
  source.end()
  return { from, end, last, lanes }
}

const VERSION = 1
