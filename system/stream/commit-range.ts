// Makes a packed range visible, step by step. Each step rests on the one before it having been acknowledged by a quorum of
// the own data centre; none is ever taken back.

import type { BlockWriter, LogPartition } from '../store/block-store.ts'
import { aFewAtATime } from '../store/a-few-at-a-time.ts'
import type { PackedRange } from './pack-range.ts'

/** Calls `write` until it succeeds; rejects only when there is no point in going on. */
export type Persist = (what: string, write: () => Promise<void>) => Promise<void>

export interface RangeCommit {
  readonly store: BlockWriter
  readonly place: LogPartition
  readonly range: PackedRange
  /** The first offset that this partition's progress covers. */
  readonly from: number
  /** Catalog rows that are known to be written; those of this range are added. */
  readonly catalog: Set<string>
  readonly persist: Persist
}

/**
 * A block is there before the index names it, the catalog and the index before progress says that they are complete. So
 * whoever stops in the middle leaves claims that are true, and a cursor that makes another worker write them again.
 */
export async function commitRange(commit: RangeCommit): Promise<void> {
  const steps = [writeBlocks, writeCatalog, writeSegments, writeProgress]
  for (const step of steps) await step(commit)
}

async function writeBlocks({ store, range, persist }: RangeCommit): Promise<void> {
  const blocks = range.groups.flatMap(group => group.blocks.map(block => ({ block, atMicros: group.row.atMicros })))
  await aFewAtATime(blocks, WRITES_MAX, ({ block, atMicros }) =>
    persist('block', () => store.writeBlock(block, atMicros)),
  )
}

async function writeCatalog({ store, range, catalog, persist }: RangeCommit): Promise<void> {
  const unknown = range.groups.filter(group => !catalog.has(nameOf(group)))
  await aFewAtATime(unknown, WRITES_MAX, async group => {
    await persist('catalog', () => store.writeCatalog(group.key, group.row.atMicros))
    if (catalog.size >= CATALOG_ROWS_KNOWN_MAX) catalog.clear()
    catalog.add(nameOf(group))
  })
}

async function writeSegments({ store, range, persist }: RangeCommit): Promise<void> {
  await aFewAtATime(range.groups, WRITES_MAX, group =>
    persist('index row', () => store.writeSegment(group.key, group.row)),
  )
}

async function writeProgress({ store, place, range, from, persist }: RangeCommit): Promise<void> {
  const { end, last, lanes } = range
  await persist('progress', () => store.writeProgress(place, { from, end, last, lanes }))
}

function nameOf({ key }: PackedRange['groups'][number]): string {
  return JSON.stringify([key.log, key.partition, key.project, key.collection, key.month])
}

/** Writes of one partition that are under way at a time. */
const WRITES_MAX = 8

/** Beyond it we forget them all and write each once more. */
const CATALOG_ROWS_KNOWN_MAX = 100_000
