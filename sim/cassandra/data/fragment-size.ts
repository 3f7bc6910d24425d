// How large a fragment is as bytes, and how old its oldest part: what decides where it goes and what may be forgotten.

import type { Fragment } from './fragment.ts'
import type { Row } from './row.ts'

/** Exactly the bytes that `writeFragment` writes. */
export function sizeOfFragment({ key, deletion, ranges, rows }: Fragment): number {
  let bytes = 2 + key.length + 1 + (deletion === undefined ? 0 : DELETION_BYTES) + 4 + 4
  for (const range of ranges) bytes += 4 + range.start.length + range.end.length + DELETION_BYTES
  for (const row of rows) bytes += sizeOfRow(row)
  return bytes
}

export function sizeOfRow({ place, clustering, insertedMicros, deletion, cells }: Row): number {
  let bytes = 1 + 2 + place.length + 1 + 2
  for (const value of clustering) bytes += 2 + value.length
  if (insertedMicros !== undefined) bytes += 8
  if (deletion !== undefined) bytes += DELETION_BYTES
  for (const cell of cells) if (cell !== undefined) bytes += 2 + 8 + 4 + (cell.value?.length ?? 4)
  return bytes
}

/** The smallest timestamp of anything in it; `MAX_MICROS` if it is empty. */
export function oldestMicrosOf({ deletion, ranges, rows }: Fragment): bigint {
  let oldest = deletion?.atMicros ?? MAX_MICROS
  const see = (micros: bigint | undefined): void => {
    if (micros !== undefined && micros < oldest) oldest = micros
  }
  for (const range of ranges) see(range.deletion.atMicros)
  for (const row of rows) {
    see(row.insertedMicros)
    see(row.deletion?.atMicros)
    for (const cell of row.cells) see(cell?.atMicros)
  }
  return oldest
}

/** Later than every timestamp. */
export const MAX_MICROS: bigint = 2n ** 63n - 1n

const DELETION_BYTES = 12
