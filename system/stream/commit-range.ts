// Makes a packed range visible, step by step. Each step rests on the one before it having been acknowledged by a quorum of
// the own data centre; none is ever taken back.

import type { Log, LogFields } from '../runtime/log.ts'
import type { BlockWriter, LogPartition } from '../store/block-store.ts'
import { aFewAtATime } from '../store/a-few-at-a-time.ts'
import type { PackedGroup, PackedRange } from './pack-range.ts'

/** Calls `write` until it succeeds; rejects only when there is no point in going on. */
export type Persist = (what: string, write: () => Promise<void>) => Promise<void>

export interface RangeCommit {
  readonly log: Log
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

async function writeBlocks(commit: RangeCommit): Promise<void> {
  const { store, range, persist } = commit
  const blocks = range.groups.flatMap(group => group.blocks.map(block => ({ group, block })))
  await aFewAtATime(blocks, WRITES_MAX, async ({ group, block }) => {
    await persist('block', () => store.writeBlock(block, group.row.atMicros))
    say(commit, 'block written', { ...partOf(group), block: block.id, events: block.events })
  })
}

async function writeCatalog({ store, range, catalog, persist }: RangeCommit): Promise<void> {
  const unknown = range.groups.filter(group => !catalog.has(nameOf(group)))
  await aFewAtATime(unknown, WRITES_MAX, async group => {
    await persist('catalog', () => store.writeCatalog(group.key, group.row.atMicros))
    if (catalog.size >= CATALOG_ROWS_KNOWN_MAX) catalog.clear()
    catalog.add(nameOf(group))
  })
}

async function writeSegments(commit: RangeCommit): Promise<void> {
  const { store, range, persist } = commit
  await aFewAtATime(range.groups, WRITES_MAX, async group => {
    await persist('index row', () => store.writeSegment(group.key, group.row))
    say(commit, 'index row written', { ...partOf(group), row: group.row.id, blocks: group.blocks.length })
  })
}

async function writeProgress(commit: RangeCommit): Promise<void> {
  const { store, place, range, from, persist } = commit
  const { end, last, lanes } = range
  await persist('progress', () => store.writeProgress(place, { from, end, last, lanes }))
  say(commit, 'progress saved', { lanes: lanes.length })
}

/** Every line about a range says which one, so that the story of an event can be told by its place in the log. */
function say({ log, place, range }: RangeCommit, message: string, fields: LogFields): void {
  log.write('debug', message, { partition: place.partition, start: range.start, end: range.end, ...fields })
}

function partOf({ key }: PackedGroup): LogFields {
  return { project: key.project, collection: key.collection, month: key.month }
}

function nameOf({ key }: PackedRange['groups'][number]): string {
  return JSON.stringify([key.log, key.partition, key.project, key.collection, key.month])
}

/** Writes of one partition that are under way at a time. */
const WRITES_MAX = 8

/** Beyond it we forget them all and write each once more. */
const CATALOG_ROWS_KNOWN_MAX = 100_000
