// One page of a SELECT.

import { bigintBytes } from '../types/native-bytes.ts'
import type { SelectPlan } from '../statement/select-plan.ts'
import type { Values } from '../statement/variables.ts'
import type { Position } from './page-state.ts'
import { decodePageState, encodePageState } from './page-state.ts'
import type { KeyedRow, ReadChunk, Reader } from './row-source.ts'
import { rowSource } from './row-source.ts'

export interface Page {
  readonly rows: readonly (readonly (Uint8Array | null)[])[]
  readonly pagingState: Uint8Array | undefined
}

export async function runSelect(
  plan: SelectPlan,
  values: Values,
  options: {
    readonly reader: Reader
    readonly pageSize: number | undefined
    readonly pagingState: Uint8Array | undefined
  },
): Promise<Page> {
  const limit = plan.limit(values)
  const readChunk = rowSource(plan, plan.target(values), options.reader)
  if (plan.isCount) return countPage(await countRows(readChunk))
  const before = options.pagingState === undefined ? undefined : decodePageState(options.pagingState)
  const pageSize = options.pageSize ?? Infinity
  const found: KeyedRow[] = []
  let remaining = before?.remaining ?? limit
  let position = before?.position
  do {
    const chunk = await readChunk(position, Math.min(pageSize - found.length, remaining, ROWS_AT_ONCE))
    for (const row of chunk.rows) found.push(row)
    remaining -= chunk.rows.length
    position = remaining === 0 ? undefined : chunk.position
  } while (position !== undefined && found.length < pageSize)
  return {
    rows: found.map(({ key, row }) => plan.valuesOf(key, row)),
    pagingState: position === undefined ? undefined : encodePageState({ position, remaining }),
  }
}

async function countRows(readChunk: ReadChunk): Promise<number> {
  let count = 0
  let position: Position | undefined
  do {
    const chunk = await readChunk(position, ROWS_AT_ONCE)
    count += chunk.rows.length
    position = chunk.position
  } while (position !== undefined)
  return count
}

function countPage(count: number): Page {
  return { rows: [[bigintBytes(BigInt(count))]], pagingState: undefined }
}

/** What a coordinator asks of replicas at once. */
const ROWS_AT_ONCE = 5_000
