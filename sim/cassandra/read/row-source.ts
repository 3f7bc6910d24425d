// The live rows that a SELECT asks for, a chunk at a time, whoever holds them.

import type { Row } from '../data/row.ts'
import { isLiveRow } from '../data/row.ts'
import type { Fragment } from '../data/fragment.ts'
import { RequestError } from '../request-error.ts'
import { MIN_TOKEN, tokenOf } from '../ring/murmur3.ts'
import type { SelectPlan, Target } from '../statement/select-plan.ts'
import { WHOLE_PARTITION } from '../statement/slices.ts'
import type { Slice } from '../statement/slices.ts'
import type { Position } from './page-state.ts'
import type { ReadAnswer, ReadCommand, ScanAnswer, ScanCommand } from './read-command.ts'
import { slicesAfter } from './read-command.ts'

/** Reads with the tombstones resolved: from the replicas of a cluster, or from a node's own tables. */
export interface Reader {
  read(command: ReadCommand): Promise<ReadAnswer>
  scan(command: ScanCommand): Promise<ScanAnswer>
}

export interface KeyedRow {
  readonly key: Uint8Array
  readonly row: Row
}

export interface Chunk {
  readonly rows: readonly KeyedRow[]
  /** From where to go on; undefined at the end. */
  readonly position: Position | undefined
}

/** Up to `limit` rows after the position; fewer do not mean that it is the end. */
export type ReadChunk = (position: Position | undefined, limit: number) => Promise<Chunk>

export function rowSource(plan: SelectPlan, target: Target, reader: Reader): ReadChunk {
  return target.kind === 'partitions' ? fromPartitions(plan, target, reader) : fromScan(plan, target, reader)
}

function fromPartitions(
  plan: SelectPlan,
  target: Extract<Target, { readonly kind: 'partitions' }>,
  reader: Reader,
): ReadChunk {
  const { keys, slices } = target
  return async (position, limit) => {
    const index = position === undefined ? 0 : keys.findIndex(key => Buffer.compare(key, position.key) === 0)
    if (index < 0) throw new RequestError({ kind: 'protocol-error' }, 'Invalid value for the paging state')
    const isWhole = position !== undefined && position.place === undefined
    const key = keys[isWhole ? index + 1 : index]
    if (key === undefined) return { rows: [], position: undefined }
    const chunk = await readPartition(plan, { key, slices, place: position?.place, limit }, reader)
    const isLast = keys[keys.length - 1] === key
    return isLast && chunk.position?.place === undefined ? { ...chunk, position: undefined } : chunk
  }
}

function fromScan(plan: SelectPlan, target: Extract<Target, { readonly kind: 'scan' }>, reader: Reader): ReadChunk {
  return async (position, limit) => {
    if (position?.place !== undefined && !plan.isDistinct) {
      const { key, place } = position
      return readPartition(plan, { key, slices: WHOLE_PARTITION, place, limit }, reader)
    }
    const after = position === undefined ? target.after : tokenOf(position.key)
    if (target.to !== undefined && (target.to === MIN_TOKEN || after >= target.to))
      return { rows: [], position: undefined }
    const command: ScanCommand = {
      table: plan.table.storageName,
      ...{ after, to: target.to },
      limit: Math.min(limit, SCANNED_AT_ONCE),
    }
    const answer = await reader.scan(command)
    return chunkOf(plan, answer, limit)
  }
}

async function readPartition(
  plan: SelectPlan,
  asked: {
    readonly key: Uint8Array
    readonly slices: readonly Slice[]
    readonly place: string | undefined
    readonly limit: number
  },
  reader: Reader,
): Promise<Chunk> {
  const { key, place } = asked
  const { isReversed } = plan
  const limit = plan.isDistinct ? 1 : asked.limit
  const slices = place === undefined ? asked.slices : slicesAfter({ slices: asked.slices, isReversed }, place)
  if (slices.length === 0) return { rows: [], position: { key, place: undefined } }
  const { fragment, end } = await reader.read({ table: plan.table.storageName, key, slices, isReversed, limit })
  const live = liveRows(fragment)
  if (isReversed) live.reverse()
  const rows = live.slice(0, limit)
  const isCut = live.length > rows.length
  const last = isCut ? rows.at(-1)?.row.place : end
  return { rows, position: { key, place: plan.isDistinct && rows.length > 0 ? undefined : last } }
}

/** As many rows of the scanned partitions as may be returned. */
function chunkOf(plan: SelectPlan, { fragments, through }: ScanAnswer, limit: number): Chunk {
  const rows: KeyedRow[] = []
  for (const [index, fragment] of fragments.entries()) {
    const live = liveRows(fragment)
    const taken = live.slice(0, plan.isDistinct ? 1 : limit - rows.length)
    rows.push(...taken)
    const isCut = !plan.isDistinct && taken.length < live.length
    if (isCut) return { rows, position: { key: fragment.key, place: taken.at(-1)?.row.place ?? '' } }
    const isMore = index + 1 < fragments.length || through !== undefined
    if (rows.length >= limit && isMore) return { rows, position: { key: fragment.key, place: undefined } }
  }
  const last = fragments.at(-1)
  return {
    rows,
    position: through === undefined || last === undefined ? undefined : { key: last.key, place: undefined },
  }
}

function liveRows(fragment: Fragment): KeyedRow[] {
  const { key } = fragment
  return fragment.rows.filter(isLiveRow).map(row => ({ key, row }))
}

/** Partitions. */
const SCANNED_AT_ONCE = 100
