// Reads and their answers as bytes between nodes.

import { readFragment, writeFragment } from '../data/fragment-codec.ts'
import type { Fragment } from '../data/fragment.ts'
import type { ReadAnswer, ReadCommand, ScanAnswer, ScanCommand } from '../read/read-command.ts'
import type { Slice } from '../statement/slices.ts'
import type { ByteReader } from '../wire/byte-reader.ts'
import type { ByteWriter } from '../wire/byte-writer.ts'

export function writeReadCommand(writer: ByteWriter, command: ReadCommand): void {
  writer.binary(command.table).bytes(command.key)
  writer
    .u8(command.isReversed ? 1 : 0)
    .u32(Math.min(command.limit, UNLIMITED))
    .u32(command.slices.length)
  for (const { start, end } of command.slices) writer.binary(start).binary(end)
}

export function readReadCommand(reader: ByteReader): ReadCommand {
  const table = reader.binary()
  const key = reader.bytes() ?? NOTHING
  const isReversed = reader.u8() === 1
  const limit = reader.u32()
  const slices: Slice[] = []
  for (let left = reader.count(4); left > 0; left--) slices.push({ start: reader.binary(), end: reader.binary() })
  return { table, key, isReversed, limit, slices }
}

export function writeReadAnswer(writer: ByteWriter, { fragment, end }: ReadAnswer): void {
  writeOptional(writer, end)
  writeFragment(writer, fragment)
}

export function readReadAnswer(reader: ByteReader): ReadAnswer {
  return { end: readOptional(reader), fragment: readFragment(reader) }
}

export function writeScanCommand(writer: ByteWriter, command: ScanCommand): void {
  writer.binary(command.table).binary(command.after).u32(command.limit)
  writeOptional(writer, command.to)
}

export function readScanCommand(reader: ByteReader): ScanCommand {
  return { table: reader.binary(), after: reader.binary(), limit: reader.u32(), to: readOptional(reader) }
}

export function writeScanAnswer(writer: ByteWriter, { fragments, through }: ScanAnswer): void {
  writeOptional(writer, through)
  writer.u32(fragments.length)
  for (const fragment of fragments) writeFragment(writer, fragment)
}

export function readScanAnswer(reader: ByteReader): ScanAnswer {
  const through = readOptional(reader)
  const fragments: Fragment[] = []
  for (let left = reader.count(4); left > 0; left--) fragments.push(readFragment(reader))
  return { fragments, through }
}

function writeOptional(writer: ByteWriter, text: string | undefined): void {
  writer.u8(text === undefined ? 0 : 1)
  if (text !== undefined) writer.binary(text)
}

function readOptional(reader: ByteReader): string | undefined {
  return reader.u8() === 0 ? undefined : reader.binary()
}

const UNLIMITED = 0xffffffff
const NOTHING: Buffer = Buffer.alloc(0)
