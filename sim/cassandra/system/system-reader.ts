// Reads the tables of `system-tables.ts` as if they were stored: rows become fragments, and everything that a SELECT can say
// works on them as on any other.

import type { Fragment } from '../data/fragment.ts'
import type { Row } from '../data/row.ts'
import type { Reader } from '../read/row-source.ts'
import { answerRead } from '../read/read-command.ts'
import { encodeKey } from '../statement/partition-key.ts'
import type { Table } from '../schema/table.ts'
import { placeOf as placeOfRow } from '../types/comparable.ts'
import { afterToken, placeOf } from '../storage/place.ts'

/** A row by the names of its columns; what is not there is null. */
export type SystemRow = Readonly<Record<string, Uint8Array | undefined>>

export function systemReader(table: Table, rows: readonly SystemRow[]): Reader {
  const fragments = fragmentsOf(table, rows)
  return {
    read: async command => answerRead(fragments.get(placeOf(command.key)), command),
    scan: async ({ after, to }) => {
      const places = [...fragments.keys()].sort()
      const wanted = places.filter(place => place > afterToken(after) && (to === undefined || place <= afterToken(to)))
      return { fragments: wanted.flatMap(place => fragments.get(place) ?? []), through: undefined }
    },
  }
}

function fragmentsOf(table: Table, rows: readonly SystemRow[]): ReadonlyMap<string, Fragment> {
  const byPlace = new Map<string, { key: Uint8Array; rows: Row[] }>()
  for (const row of rows) {
    const key = encodeKey(table.partitionKey.map(({ name }) => row[name] ?? NOTHING))
    const place = placeOf(key)
    const partition = byPlace.get(place) ?? { key, rows: [] }
    partition.rows.push(rowOf(table, row))
    byPlace.set(place, partition)
  }
  return new Map(
    [...byPlace].map(([place, { key, rows: ofPartition }]) => [
      place,
      { key, deletion: undefined, ranges: [], rows: ofPartition.sort((a, b) => (a.place < b.place ? -1 : 1)) },
    ]),
  )
}

function rowOf(table: Table, row: SystemRow): Row {
  const clustering = table.clustering.map(({ name }) => row[name] ?? NOTHING)
  return {
    ...{ place: placeOfRow(table.orderings, clustering), clustering, insertedMicros: 0n, deletion: undefined },
    cells: table.regular.map(({ name }) => {
      const value = row[name]
      return value === undefined ? undefined : { atMicros: 0n, value, localSeconds: 0 }
    }),
  }
}

const NOTHING: Buffer = Buffer.alloc(0)
