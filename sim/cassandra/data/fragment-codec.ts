// Fragments as bytes: in the commit log, in sorted files and between nodes.

import type { ByteReader } from '../wire/byte-reader.ts'
import { MalformedBytes } from '../wire/byte-reader.ts'
import type { ByteWriter } from '../wire/byte-writer.ts'
import type { Cell, Deletion } from './cell.ts'
import type { Fragment } from './fragment.ts'
import type { RangeTombstone } from './range-tombstones.ts'
import type { Row } from './row.ts'

export function writeFragment(writer: ByteWriter, fragment: Fragment): void {
  writer.u16(fragment.key.length).raw(fragment.key)
  writeHead(writer, fragment)
  writeRows(writer, fragment.rows)
}

/** Values are views into the reader's bytes. */
export function readFragment(reader: ByteReader): Fragment {
  const key = reader.raw(reader.u16())
  const { deletion, ranges } = readHead(reader)
  return { key, deletion, ranges, rows: readRows(reader) }
}

/** The deletions of a whole partition, without its rows. */
export function writeHead(writer: ByteWriter, { deletion, ranges }: Pick<Fragment, 'deletion' | 'ranges'>): void {
  writer.u8(deletion === undefined ? 0 : 1)
  if (deletion !== undefined) writeDeletion(writer, deletion)
  writer.u32(ranges.length)
  for (const range of ranges) {
    writer.binary(range.start).binary(range.end)
    writeDeletion(writer, range.deletion)
  }
}

export function readHead(reader: ByteReader): Pick<Fragment, 'deletion' | 'ranges'> {
  const deletion = reader.u8() === 0 ? undefined : readDeletion(reader)
  const count = reader.count(RANGE_BYTES_MIN)
  const ranges: RangeTombstone[] = []
  for (let index = 0; index < count; index++) {
    ranges.push({ start: reader.binary(), end: reader.binary(), deletion: readDeletion(reader) })
  }
  return { deletion, ranges }
}

export function writeRows(writer: ByteWriter, rows: readonly Row[]): void {
  writer.u32(rows.length)
  for (const row of rows) writeRow(writer, row)
}

export function readRows(reader: ByteReader): readonly Row[] {
  const count = reader.count(ROW_BYTES_MIN)
  const rows: Row[] = []
  for (let index = 0; index < count; index++) rows.push(readRow(reader))
  return rows
}

export function writeRow(writer: ByteWriter, row: Row): void {
  writer.u8((row.insertedMicros === undefined ? 0 : HAS_INSERTED) | (row.deletion === undefined ? 0 : HAS_DELETION))
  writer.binary(row.place).u8(row.clustering.length)
  for (const value of row.clustering) writer.u16(value.length).raw(value)
  if (row.insertedMicros !== undefined) writer.i64(row.insertedMicros)
  if (row.deletion !== undefined) writeDeletion(writer, row.deletion)
  let count = 0
  for (const cell of row.cells) if (cell !== undefined) count++
  writer.u16(count)
  for (let ordinal = 0; ordinal < row.cells.length; ordinal++) {
    const cell = row.cells[ordinal]
    if (cell !== undefined) writeCell(writer.u16(ordinal), cell)
  }
}

function readRow(reader: ByteReader): Row {
  const flags = reader.u8()
  const place = reader.binary()
  const clustering: Uint8Array[] = []
  for (let left = reader.u8(); left > 0; left--) clustering.push(reader.raw(reader.u16()))
  const insertedMicros = (flags & HAS_INSERTED) === 0 ? undefined : reader.i64()
  const deletion = (flags & HAS_DELETION) === 0 ? undefined : readDeletion(reader)
  const cells: (Cell | undefined)[] = []
  for (let left = reader.u16(); left > 0; left--) {
    const ordinal = reader.u16()
    if (ordinal < cells.length) throw new MalformedBytes('cells out of order')
    while (cells.length < ordinal) cells.push(undefined)
    cells.push(readCell(reader))
  }
  return { place, clustering, insertedMicros, deletion, cells }
}

function writeCell(writer: ByteWriter, cell: Cell): void {
  writer.i64(cell.atMicros)
  if (cell.value === undefined) writer.i32(-1).u32(cell.localSeconds)
  else writer.bytes(cell.value)
}

function readCell(reader: ByteReader): Cell {
  const atMicros = reader.i64()
  const value = reader.bytes()
  return value === null
    ? { atMicros, value: undefined, localSeconds: reader.u32() }
    : { atMicros, value, localSeconds: 0 }
}

function writeDeletion(writer: ByteWriter, deletion: Deletion): void {
  writer.i64(deletion.atMicros).u32(deletion.localSeconds)
}

function readDeletion(reader: ByteReader): Deletion {
  return { atMicros: reader.i64(), localSeconds: reader.u32() }
}

const HAS_INSERTED = 1
const HAS_DELETION = 2
const RANGE_BYTES_MIN = 16
const ROW_BYTES_MIN = 6
