// Writes and deletions as short as tests want them.

import type { Deletion } from '../../../../sim/cassandra/data/cell.ts'
import type { Fragment } from '../../../../sim/cassandra/data/fragment.ts'
import type { Row } from '../../../../sim/cassandra/data/row.ts'
import type { StorageEngine, Write } from '../../../../sim/cassandra/storage/storage-engine.ts'

export const TABLE = 'shop.orders'

export interface Cellular {
  readonly key: string
  readonly value: string | Uint8Array
  readonly at: number
  readonly place?: string
}

export function insert({ key, value, at, place = 'row' }: Cellular): Write {
  const cell = { atMicros: BigInt(at), value: Buffer.from(value), localSeconds: 0 }
  return write(key, { rows: [{ ...rowAt(place), cells: [cell] }] })
}

/** Of a whole partition, or of one row. */
export function remove(what: {
  readonly key: string
  readonly at: number
  readonly localSeconds?: number
  readonly place?: string
}): Write {
  const deletion: Deletion = { atMicros: BigInt(what.at), localSeconds: what.localSeconds ?? 0 }
  return write(what.key, what.place === undefined ? { deletion } : { rows: [{ ...rowAt(what.place), deletion }] })
}

/** The value of a row; undefined if readers do not see it. */
export async function valueOf(engine: StorageEngine, key: string, place = 'row'): Promise<string | undefined> {
  const fragment = await engine.read(TABLE, Buffer.from(key))
  const value = fragment?.rows.find(row => row.place === place)?.cells[0]?.value
  return value === undefined ? undefined : Buffer.from(value).toString()
}

function write(key: string, what: Partial<Fragment>): Write {
  return { table: TABLE, fragment: { key: Buffer.from(key), deletion: undefined, ranges: [], rows: [], ...what } }
}

function rowAt(place: string): Row {
  return { place, clustering: [Buffer.from(place)], insertedMicros: undefined, deletion: undefined, cells: [] }
}
