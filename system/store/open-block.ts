// Reads columns of a block, each checked against the header.

import { crc32 } from 'node:zlib'
import type { BlockHeader, ColumnEntry } from './block-header.ts'
import { ByteReader, FormatError } from './bytes.ts'
import type { Column } from './column.ts'
import { readColumn } from './column.ts'
import { decompress } from './compression.ts'

export type Pieces = ReadonlyMap<number, Uint8Array>

/**
 * The columns that are `wanted`, at their numbers; the others are undefined, and their pieces need not be there. Throws
 * FormatError when a piece is missing or a column is not what the header says.
 */
export function openColumns(
  header: BlockHeader,
  pieces: Pieces,
  wanted: (entry: ColumnEntry, column: number) => boolean,
): readonly (Column | undefined)[] {
  return rawColumns(header, pieces, wanted).map((raw, column) =>
    raw === undefined ? undefined : readColumn(raw, header.columns[column]!.count),
  )
}

/** For each event of the block: the place of its value in the column, or −1. */
export function placesOf(header: BlockHeader, column: number): Int32Array {
  const events = header.offsets.length
  const places = new Int32Array(events)
  const isEverywhere = column < SERVER_COLUMNS
  const hasIt = header.shapes.map(shape => isEverywhere || shape.includes(column))
  let next = 0
  for (let row = 0; row < events; row++) places[row] = hasIt[header.shapeOf[row]!]! ? next++ : -1
  if (next !== header.columns[column]!.count) throw new FormatError('a column does not have as many values as events')
  return places
}

/** Each piece is walked once, up to the last column that is wanted of it. */
function rawColumns(
  header: BlockHeader,
  pieces: Pieces,
  wanted: (entry: ColumnEntry, column: number) => boolean,
): (Uint8Array | undefined)[] {
  const walks = new Map<number, { readonly source: ByteReader; position: number }>()
  return header.columns.map((entry, column) => {
    if (!wanted(entry, column)) return undefined
    let walk = walks.get(entry.piece)
    if (walk === undefined) {
      const piece = pieces.get(entry.piece)
      if (piece === undefined) throw new FormatError(`piece ${entry.piece} is missing`)
      walks.set(entry.piece, (walk = { source: new ByteReader(piece), position: 0 }))
    }
    for (; walk.position < entry.position; walk.position++) walk.source.bytes(walk.source.varint())
    walk.position++
    const raw = decompress(walk.source.bytes(walk.source.varint()), entry.rawLength)
    if (crc32(raw) !== entry.checksum) throw new FormatError(`column ${entry.path.join('.')} has a wrong checksum`)
    return raw
  })
}

/** keen.timestamp and keen.created_at, which stand in no shape. */
const SERVER_COLUMNS = 2
