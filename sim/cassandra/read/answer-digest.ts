// Digests of what replicas know, for telling whether they know the same without sending it.

import { hash } from 'node:crypto'
import { writeHead, writeRow } from '../data/fragment-codec.ts'
import { sizeOfRow } from '../data/fragment-size.ts'
import type { Row } from '../data/row.ts'
import { ByteWriter } from '../wire/byte-writer.ts'
import type { ReadAnswer } from './read-command.ts'

/** Equal exactly when the answers are. */
export function digestOf({ fragment, end }: ReadAnswer): Buffer {
  const writer = new ByteWriter(256 + fragment.rows.length * DIGEST_BYTES)
  writer.binary(end ?? '').u8(end === undefined ? 0 : 1)
  writer.bytes(fragment.key)
  writeHead(writer, fragment)
  for (const row of fragment.rows) writer.raw(digestOfRow(row))
  return hash('md5', writer.finish(), 'buffer')
}

/** A row never changes, and is read again and again: what was computed once is kept for as long as the row is. */
function digestOfRow(row: Row): Buffer {
  let digest = digests.get(row)
  if (digest === undefined) {
    const writer = new ByteWriter(sizeOfRow(row))
    writeRow(writer, row)
    digest = hash('md5', writer.finish(), 'buffer')
    digests.set(row, digest)
  }
  return digest
}

const digests = new WeakMap<Row, Buffer>()
const DIGEST_BYTES = 16
