// What statements write: the small parts of which fragments are made.

import type { Cell } from '../data/cell.ts'
import type { Fragment } from '../data/fragment.ts'
import { NO_RANGES } from '../data/range-tombstones.ts'
import type { Values } from './variables.ts'

/** When a statement is executed. */
export interface At {
  /** For statements that name no timestamp. */
  readonly atMicros: bigint
  /** By the coordinator's clock, for tombstones. */
  readonly nowSeconds: number
}

/** One fragment a partition, normalized. */
export type FragmentMaker = (values: Values, at: At) => readonly Fragment[]

export function partition(key: Uint8Array, part: Partial<Fragment>): Fragment {
  return { key, deletion: undefined, ranges: NO_RANGES, rows: [], ...part }
}

/** Null writes a tombstone; unset writes nothing. */
export function cellOf(value: Uint8Array | null | undefined, at: At): Cell | undefined {
  if (value === undefined) return undefined
  if (value === null) return { atMicros: at.atMicros, value: undefined, localSeconds: at.nowSeconds }
  return { atMicros: at.atMicros, value, localSeconds: 0 }
}
