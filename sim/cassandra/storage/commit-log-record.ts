// What a record of the commit log says.

import { ByteReader, MalformedBytes } from '../wire/byte-reader.ts'
import type { ByteWriter } from '../wire/byte-writer.ts'
import { readFragment, writeFragment } from '../data/fragment-codec.ts'
import { sizeOfFragment } from '../data/fragment-size.ts'
import { RECORD_HEAD_BYTES } from './record-log.ts'
import type { Write } from './storage-engine.ts'

export type CommitLogRecord =
  | { readonly kind: 'mutation'; readonly writes: readonly Write[] }
  /** Everything of the table that was written before is gone, its files with a smaller number too. */
  | { readonly kind: 'drop'; readonly table: string; readonly filesBelow: number }

export function writeRecord(writer: ByteWriter, record: CommitLogRecord): void {
  switch (record.kind) {
    case 'mutation':
      writer.u8(MUTATION).u32(record.writes.length)
      for (const { table, fragment } of record.writes) writeFragment(writer.string(table), fragment)
      return
    case 'drop':
      writer.u8(DROP).string(record.table).u32(record.filesBelow)
  }
}

/** Values are views into the bytes. */
export function readRecord(bytes: Uint8Array): CommitLogRecord {
  const reader = new ByteReader(bytes)
  const kind = reader.u8()
  if (kind === DROP) return { kind: 'drop', table: reader.string(), filesBelow: reader.u32() }
  if (kind !== MUTATION) throw new MalformedBytes(`a record of kind ${kind}`)
  const writes: Write[] = []
  for (let left = reader.count(WRITE_BYTES_MIN); left > 0; left--)
    writes.push({ table: reader.string(), fragment: readFragment(reader) })
  return { kind: 'mutation', writes }
}

/** Of a mutation in the log, where table names are ASCII, as all of Cassandra's are. */
export function sizeOfMutation(writes: readonly Write[]): number {
  let bytes = RECORD_HEAD_BYTES + 5
  for (const { table, fragment } of writes) bytes += 2 + table.length + sizeOfFragment(fragment)
  return bytes
}

const MUTATION = 1
const DROP = 2
const WRITE_BYTES_MIN = 13
