// The live rows that a SELECT asks for, a chunk at a time, whoever holds them.

import type { Row } from '../data/row.ts'
import { isLiveRow } from '../data/row.ts'
import type { Fragment } from '../data/fragment.ts'
import { RequestError } from '../request-error.ts'
import type { Token } from '../ring/murmur3.ts'
import { tokenOf } from '../ring/murmur3.ts'
import type { SelectPlan } from '../statement/select-plan.ts'
import type { Target } from '../statement/select-target.ts'
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
    const index = position === undefined ? 0 : indexOf(keys, position)
    const key = keys[position?.kind === 'partition' ? index + 1 : index]
    if (key === undefined) return { rows: [], position: undefined }
    const place = position?.kind === 'row' ? position.place : undefined
    const chunk = await readPartition(plan, { key, slices, place, limit }, reader)
    const isEnd = keys.at(-1) === key && chunk.position?.kind === 'partition'
    return isEnd ? { ...chunk, position: undefined } : chunk
  }
}

/** Throws when the position is of another query. */
function indexOf(keys: readonly Uint8Array[], position: Position): number {
  const index = position.kind === 'token' ? -1 : keys.findIndex(key => Buffer.compare(key, position.key) === 0)
  if (index >= 0) return index
  throw new RequestError({ kind: 'protocol-error' }, 'Invalid value for the paging state')
}

function fromScan(plan: SelectPlan, target: Extract<Target, { readonly kind: 'scan' }>, reader: Reader): ReadChunk {
  return async (position, limit) => {
    if (position?.kind === 'row') {
      const { key, place } = position
      return readPartition(plan, { key, slices: WHOLE_PARTITION, place, limit }, reader)
    }
    const after = afterOf(position) ?? target.after
    if (target.to !== undefined && after >= target.to) return { rows: [], position: undefined }
    const command: ScanCommand = {
      table: plan.table.storageName,
      ...{ after, to: target.to },
      limit: Math.min(limit, SCANNED_AT_ONCE),
    }
    return chunkOf(plan, await reader.scan(command), limit)
  }
}

function afterOf(position: Exclude<Position, { readonly kind: 'row' }> | undefined): Token | undefined {
  if (position === undefined) return undefined
  return position.kind === 'token' ? position.token : tokenOf(position.key)
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
  if (slices.length === 0) return { rows: [], position: { kind: 'partition', key } }
  const { fragment, end } = await reader.read({ table: plan.table.storageName, key, slices, isReversed, limit })
  const live = liveRows(fragment)
  if (isReversed) live.reverse()
  const rows = live.slice(0, limit)
  const isCut = live.length > rows.length
  const last = isCut ? rows.at(-1)?.row.place : end
  const isDone = last === undefined || (plan.isDistinct && rows.length > 0)
  return { rows, position: isDone ? { kind: 'partition', key } : { kind: 'row', key, place: last } }
}

/** As many rows of the scanned partitions as may be returned. */
function chunkOf(plan: SelectPlan, { fragments, through }: ScanAnswer, limit: number): Chunk {
  const rows: KeyedRow[] = []
  for (const [index, fragment] of fragments.entries()) {
    const live = liveRows(fragment)
    const taken = live.slice(0, plan.isDistinct ? 1 : limit - rows.length)
    rows.push(...taken)
    const isCut = !plan.isDistinct && taken.length < live.length
    if (isCut) return { rows, position: { kind: 'row', key: fragment.key, place: taken.at(-1)?.row.place ?? '' } }
    const isMore = index + 1 < fragments.length || through !== undefined
    if (rows.length >= limit && isMore) return { rows, position: { kind: 'partition', key: fragment.key } }
  }
  return { rows, position: through === undefined ? undefined : { kind: 'token', token: through } }
}

function liveRows(fragment: Fragment): KeyedRow[] {
  const { key } = fragment
  return fragment.rows.filter(isLiveRow).map(row => ({ key, row }))
}

/** Partitions. */
const SCANNED_AT_ONCE = 100
