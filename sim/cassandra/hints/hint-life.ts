// How long a hint may be delivered. Once a replica may have forgotten a tombstone, an old write could bring back what it hid:
// so no hint lives longer than the shortest gc_grace of its tables.

import { readWrites } from '../messaging/mutation-codec.ts'
import type { Schema } from '../schema/schema.ts'
import { ByteReader } from '../wire/byte-reader.ts'

/** Undefined when a table of it is no more. */
export function hintLifeMs(mutation: Uint8Array, schema: Schema): number | undefined {
  let lifeMs = Infinity
  for (const { table } of readWrites(new ByteReader(mutation))) {
    const known = schema.tableStoredAs(table)
    if (known === undefined) return undefined
    lifeMs = Math.min(lifeMs, known.definition.options.gcGraceSeconds * 1000)
  }
  return lifeMs
}
