// Piece 0 of a block: which events it holds, in which columns, and what each column must be.
//
// Nothing in it depends on compressed bytes. So the pieces of two writers of one block may be mixed, even where their zstd
// is not the same: the checksums are of what comes out.

import { crc32 } from 'node:zlib'
import { ByteReader, ByteWriter, FormatError } from './bytes.ts'
import { compress, decompress } from './compression.ts'

/** Whose events these are, and the interval of the log that they were taken from: start ≤ offset < end. */
export interface BlockPlace {
  readonly project: string
  readonly collection: string
  readonly month: number
  readonly log: number
  readonly partition: number
  readonly start: number
  readonly end: number
}

export interface ColumnEntry {
  readonly path: readonly string[]
  /** How many events have it. */
  readonly count: number
  /** The piece that holds it, and how many columns come before it there. */
  readonly piece: number
  readonly position: number
  readonly rawLength: number
  readonly checksum: number
}

export interface BlockHeader {
  readonly id: string
  readonly place: BlockPlace
  /** Of each event: its record's offset, ascending, and its index in the record. */
  readonly offsets: Float64Array
  readonly indexes: Uint32Array
  /** The first two are keen.timestamp and keen.created_at, in milliseconds; every event has them. */
  readonly columns: readonly ColumnEntry[]
  /** A shape is the columns of an event in document order (without the first two); `shapeOf` has one for each event. */
  readonly shapes: readonly Uint32Array[]
  readonly shapeOf: Uint32Array
}

export const TIMESTAMP_COLUMN = 0
export const CREATED_AT_COLUMN = 1

/** Bytes that say everything about the events but their values; with the values' bytes they are what a block's id is made of. */
export function headerBytes(header: Omit<BlockHeader, 'id'>): Uint8Array {
  const out = new ByteWriter(1024)
  writePlace(out, header.place)
  out.varint(header.offsets.length)
  let previous = header.place.start
  for (const offset of header.offsets) {
    out.varint(offset - previous)
    previous = offset
  }
  for (const index of header.indexes) out.varint(index)
  out.varint(header.columns.length)
  for (const column of header.columns) writeEntry(out, column)
  out.varint(header.shapes.length)
  for (const shape of header.shapes) {
    out.varint(shape.length)
    for (const column of shape) out.varint(column)
  }
  for (const shape of header.shapeOf) out.varint(shape)
  return out.done()
}

export function writeHeaderPiece(id: string, bytes: Uint8Array): Uint8Array {
  const out = new ByteWriter(bytes.length + 64)
  out.u8(VERSION)
  out.hex(id)
  out.u32(crc32(bytes))
  out.varint(bytes.length)
  out.bytes(compress(bytes))
  return out.done()
}

/** Throws FormatError, also when it is the header of another block. */
export function readHeaderPiece(id: string, piece: Uint8Array): BlockHeader {
  const source = new ByteReader(piece)
  const version = source.u8()
  if (version !== VERSION) throw new FormatError(`a block of the unknown version ${version}`)
  const written = source.hex(16)
  if (written !== id) throw new FormatError(`the header of block ${written} instead of ${id}`)
  const checksum = source.u32()
  const rawLength = source.varint()
  const raw = decompress(source.rest(), rawLength)
  if (crc32(raw) !== checksum) throw new FormatError('the header has a wrong checksum')
  return readHeader(id, new ByteReader(raw))
}

function readHeader(id: string, source: ByteReader): BlockHeader {
  const place = readPlace(source)
  const events = source.count()
  const offsets = new Float64Array(events)
  let previous = place.start
  for (let event = 0; event < events; event++) offsets[event] = previous += source.varint()
  const indexes = source.varints(events)
  const columns = Array.from({ length: source.count() }, () => readEntry(source))
  const shapes = Array.from({ length: source.count() }, () => source.varints(source.count(), columns.length))
  const shapeOf = source.varints(events, shapes.length)
  source.end()
  return { id, place, offsets, indexes, columns, shapes, shapeOf }
}

function writePlace(out: ByteWriter, place: BlockPlace): void {
  out.text(place.project)
  out.text(place.collection)
  for (const part of [place.month, place.log, place.partition, place.start, place.end]) out.varint(part)
}

function readPlace(source: ByteReader): BlockPlace {
  return {
    project: source.text(),
    collection: source.text(),
    month: source.varint(),
    log: source.varint(),
    partition: source.varint(),
    start: source.varint(),
    end: source.varint(),
  }
}

function writeEntry(out: ByteWriter, entry: ColumnEntry): void {
  out.varint(entry.path.length)
  for (const key of entry.path) writeKey(out, key)
  for (const part of [entry.count, entry.piece, entry.position, entry.rawLength]) out.varint(part)
  out.u32(entry.checksum)
}

function readEntry(source: ByteReader): ColumnEntry {
  const path = Array.from({ length: source.count() }, () => readKey(source))
  return {
    path,
    count: source.varint(),
    piece: source.varint(),
    position: source.varint(),
    rawLength: source.varint(),
    checksum: source.u32(),
  }
}

/** A key can hold half of a surrogate pair, which UTF-8 cannot: then as JSON text, which escapes it. */
function writeKey(out: ByteWriter, key: string): void {
  const isWell = key.isWellFormed()
  out.u8(isWell ? 0 : 1)
  out.text(isWell ? key : JSON.stringify(key))
}

function readKey(source: ByteReader): string {
  const isWell = source.u8() === 0
  const text = source.text()
  return isWell ? text : (JSON.parse(text) as string)
}

const VERSION = 1
