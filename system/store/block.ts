// Makes a block: up to 5,000 events of one project, collection and month, each property its own compressed column.

import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { EpochMs } from '../runtime/clock.ts'
import type { BlockPlace, ColumnEntry } from './block-header.ts'
import { headerBytes, writeHeaderPiece } from './block-header.ts'
import { ByteWriter } from './bytes.ts'
import { ColumnWriter } from './column.ts'
import { compress } from './compression.ts'
import { PathNode, walkLeaves } from './leaves.ts'

export interface BlockEvent {
  readonly offset: number
  readonly index: number
  readonly timestamp: EpochMs
  readonly createdAt: EpochMs
  /** The client's JSON object, without the members of `keen` that the server sets. */
  readonly properties: Readonly<Record<string, unknown>>
}

export interface Block {
  /** 128 bits of SHA-256 over the uncompressed content with its place: two writers of the same events write the same key. */
  readonly id: string
  readonly events: number
  readonly timeMin: EpochMs
  readonly timeMax: EpochMs
  /** Of all pieces before they were compressed. */
  readonly rawBytes: number
  /** Piece 0 is the header. */
  readonly pieces: readonly Uint8Array[]
}

/** A block is cut at whichever comes first; the bytes are those of the events' JSON. */
export const BLOCK_EVENTS_MAX = 5_000
export const BLOCK_JSON_BYTES_MAX: number = 4 * 1024 * 1024

/** `events` in the order of the log, at least one. */
export function makeBlock(place: BlockPlace, events: readonly BlockEvent[]): Block {
  const columns = collect(events)
  const raws = columns.writers.map(writer => writer.bytes())
  const { entries, pieces } = pack(columns, raws)
  const header = headerBytes({
    place,
    offsets: Float64Array.from(events, event => event.offset),
    indexes: Uint32Array.from(events, event => event.index),
    columns: entries,
    shapes: columns.shapes,
    shapeOf: columns.shapeOf,
  })
  const id = idOf(header, raws)
  const times = events.map(event => event.timestamp)
  return {
    id,
    events: events.length,
    timeMin: times.reduce((least, time) => Math.min(least, time)),
    timeMax: times.reduce((most, time) => Math.max(most, time)),
    rawBytes: raws.reduce((sum, raw) => sum + raw.length, header.length),
    pieces: [writeHeaderPiece(id, header), ...pieces],
  }
}

interface Columns {
  readonly paths: readonly (readonly string[])[]
  readonly writers: readonly ColumnWriter[]
  readonly shapes: readonly Uint32Array[]
  readonly shapeOf: Uint32Array
}

function collect(events: readonly BlockEvent[]): Columns {
  const timestamps = new ColumnWriter()
  const createdAts = new ColumnWriter()
  const paths: (readonly string[])[] = [
    ['keen', 'timestamp'],
    ['keen', 'created_at'],
  ]
  const writers = [timestamps, createdAts]
  const root = new PathNode()
  const shapes = new Map<string, number>()
  const shapeLists: Uint32Array[] = []
  const shapeOf = new Uint32Array(events.length)
  const shape: number[] = []
  for (const [row, event] of events.entries()) {
    timestamps.add(event.timestamp)
    createdAts.add(event.createdAt)
    shape.length = 0
    walkLeaves(event.properties, root, (node, value) => {
      if (node.column < 0) {
        node.column = writers.length
        paths.push(node.path)
        writers.push(new ColumnWriter())
      }
      writers[node.column]!.add(value)
      shape.push(node.column)
    })
    const name = shape.join(' ')
    let code = shapes.get(name)
    if (code === undefined) {
      shapes.set(name, (code = shapeLists.length))
      shapeLists.push(Uint32Array.from(shape))
    }
    shapeOf[row] = code
  }
  return { paths, writers, shapes: shapeLists, shapeOf }
}

/**
 * Small columns share a piece, so that an event with thousands of properties is not a row with thousands of cells. In a
 * piece each column stands with the length of its stored form.
 */
function pack(columns: Columns, raws: readonly Uint8Array[]): { entries: ColumnEntry[]; pieces: Uint8Array[] } {
  const entries: ColumnEntry[] = []
  const pieces: Uint8Array[] = []
  let piece = new ByteWriter()
  let rawBytes = 0
  let position = 0
  for (const [index, raw] of raws.entries()) {
    if (rawBytes > 0 && rawBytes + raw.length > PIECE_RAW_BYTES) {
      pieces.push(piece.done())
      piece = new ByteWriter()
      rawBytes = 0
      position = 0
    }
    const stored = compress(raw)
    piece.varint(stored.length)
    piece.bytes(stored)
    entries.push({
      path: columns.paths[index]!,
      count: columns.writers[index]!.count,
      piece: pieces.length + 1,
      position: position++,
      rawLength: raw.length,
      checksum: crc32(raw),
    })
    rawBytes += raw.length
  }
  pieces.push(piece.done())
  return { entries, pieces }
}

function idOf(header: Uint8Array, raws: readonly Uint8Array[]): string {
  const sum = createHash('sha256').update(header)
  for (const raw of raws) sum.update(raw)
  return sum.digest('hex').slice(0, 32)
}

const PIECE_RAW_BYTES = 16 * 1024
