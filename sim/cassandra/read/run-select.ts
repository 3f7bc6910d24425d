// One page of a SELECT.

import { bigintBytes } from '../types/native-bytes.ts'
import type { SelectPlan } from '../statement/select-plan.ts'
import type { Values } from '../statement/variables.ts'
import type { PageState } from './page-state.ts'
import { decodePageState, encodePageState } from './page-state.ts'
import type { KeyedRow, Reader } from './row-source.ts'
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
  let state: PageState | undefined =
    options.pagingState === undefined ? undefined : decodePageState(options.pagingState)
  let remaining = state?.remaining ?? limit
  const pageSize = options.pageSize ?? Infinity
  const found: KeyedRow[] = []
  do {
    const wanted = Math.min(pageSize - found.length, remaining, ROWS_AT_ONCE)
    const { rows, position } = await readChunk(state, wanted)
    for (const row of rows) found.push(row)
    remaining -= rows.length
    state = position === undefined || remaining === 0 ? undefined : { ...position, remaining }
  } while (state !== undefined && found.length < pageSize)
  return {
    rows: found.map(({ key, row }) => plan.valuesOf(key, row)),
    pagingState: state === undefined ? undefined : encodePageState(state),
  }
}

async function countRows(readChunk: ReturnType<typeof rowSource>): Promise<number> {
  let count = 0
  let position: PageState | undefined
  do {
    const chunk = await readChunk(position, ROWS_AT_ONCE)
    count += chunk.rows.length
    position = chunk.position === undefined ? undefined : { ...chunk.position, remaining: Infinity }
  } while (position !== undefined)
  return count
}

function countPage(count: number): Page {
  return { rows: [[bigintBytes(BigInt(count))]], pagingState: undefined }
}

/** What a coordinator asks of replicas at once. */
const ROWS_AT_ONCE = 5_000
