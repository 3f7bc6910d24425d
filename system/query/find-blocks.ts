// Which blocks hold the events of a collection: the catalog, then all rows of each part of the index, then a cover of them.

import type { Runtime } from '../runtime/runtime.ts'
import { aFewAtATime } from '../store/a-few-at-a-time.ts'
import type { BlockReader, CollectionName } from '../store/block-store.ts'
import type { Interval } from '../store/cover.ts'
import { cover } from '../store/cover.ts'
import { monthOf } from '../store/event-id.ts'
import type { BlockReference, SegmentKey } from '../store/segment.ts'
import type { Deadline } from './deadline.ts'
import type { PartialResults } from './partial-results.ts'
import type { QueryLimits } from './query-limits.ts'
import { readAgain } from './read-again.ts'
import type { Timeframe } from './timeframe.ts'

export interface FoundBlock {
  readonly reference: BlockReference
  /** Only events with these offsets count; undefined: all. */
  readonly clips: readonly Interval[] | undefined
}

export interface QueryPorts {
  readonly runtime: Runtime
  readonly store: BlockReader
  readonly limits: QueryLimits
  readonly results: PartialResults
}

export interface FoundBlocks {
  /** Rows of the index that were read. */
  readonly rows: number
  /** Those that can have events of the timeframe. */
  readonly blocks: readonly FoundBlock[]
}

export async function findBlocks(
  ports: QueryPorts,
  about: { readonly name: CollectionName; readonly timeframe: Timeframe | undefined },
  deadline: Deadline,
): Promise<FoundBlocks> {
  const { runtime, store, limits } = ports
  const catalog = await readAgain(runtime, deadline, {
    what: 'catalog',
    read: () => store.readCatalog(about.name),
  })
  const keys = catalog.filter(key => isMonthOf(key, about.timeframe))
  const rows = await aFewAtATime(keys, limits.queryReadsMax, key =>
    readAgain(runtime, deadline, { what: 'index', read: () => store.readSegments(key, () => deadline.check()) }),
  )
  const blocks = rows.flatMap(ofKey =>
    cover(ofKey).flatMap(({ row, clips }) =>
      row.blocks.filter(block => isTimeOf(block, about.timeframe)).map(reference => ({ reference, clips })),
    ),
  )
  return { rows: rows.reduce((sum, ofKey) => sum + ofKey.length, 0), blocks }
}

function isMonthOf({ month }: SegmentKey, timeframe: Timeframe | undefined): boolean {
  return timeframe === undefined || (month >= monthOf(timeframe.start) && month <= monthOf(timeframe.end))
}

function isTimeOf(block: BlockReference, timeframe: Timeframe | undefined): boolean {
  return timeframe === undefined || (block.timeMax >= timeframe.start && block.timeMin < timeframe.end)
}
