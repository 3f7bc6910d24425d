// Mutations as bytes: between nodes, and in hints.

import { readFragment, writeFragment } from '../data/fragment-codec.ts'
import { sizeOfFragment } from '../data/fragment-size.ts'
import type { Write } from '../storage/storage-engine.ts'
import type { ByteReader } from '../wire/byte-reader.ts'
import type { ByteWriter } from '../wire/byte-writer.ts'

export function writeWrites(writer: ByteWriter, writes: readonly Write[]): void {
  writer.u16(writes.length)
  for (const { table, fragment } of writes) writeFragment(writer.binary(table), fragment)
}

/** Values are views into the reader's bytes. */
export function readWrites(reader: ByteReader): readonly Write[] {
  const writes: Write[] = []
  for (let left = reader.u16(); left > 0; left--) {
    writes.push({ table: reader.binary(), fragment: readFragment(reader) })
  }
  return writes
}

/** About how many bytes it takes. */
export function sizeOfWrites(writes: readonly Write[]): number {
  let bytes = 2
  for (const { table, fragment } of writes) bytes += table.length + sizeOfFragment(fragment)
  return bytes
}
