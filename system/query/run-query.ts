// A query from its parameters to its answer: a result or an error, always, and never a result with something missing.

import { aFewAtATime } from '../store/a-few-at-a-time.ts'
import type { EventObject } from '../store/rows.ts'
import { Deadline } from './deadline.ts'
import { Extraction } from './extraction.ts'
import type { FoundBlock, QueryPorts } from './find-blocks.ts'
import { findBlocks } from './find-blocks.ts'
import type { Query, QueryParameters } from './parameters.ts'
import { parseQuery } from './parameters.ts'
import { readBlock } from './read-block.ts'
import type { ScanPlan, ScanResult } from './scan-block.ts'
import { pathsOfFilters } from './select-rows.ts'

export interface QueryRequest {
  readonly project: string
  readonly analysis: string
  readonly parameters: QueryParameters
}

/** The body of the answer. */
export interface QueryAnswer {
  readonly result: number | readonly EventObject[]
  readonly execution_metadata?: ExecutionMetadata
}

/** As Keen's `include_metadata` gives it; the time in seconds. */
export interface ExecutionMetadata {
  readonly events_scanned: number
  readonly properties_per_event: number
  readonly total_properties_scanned: number
  readonly total_processing_time: number
}

/** Rejects with QueryError. A collection that has no events is an empty one. */
export async function runQuery(request: QueryRequest, ports: QueryPorts): Promise<QueryAnswer> {
  const { clock } = ports.runtime
  const startedMs = clock.monotonicMs()
  const deadline = new Deadline(clock, ports.limits.queryDeadlineMs)
  const query = parseQuery(request, { nowMs: clock.wallMs(), limits: ports.limits })
  const name = { project: request.project, collection: query.collection }
  const blocks = await findBlocks(ports, { name, timeframe: query.timeframe }, deadline)
  const { result, scanned } =
    query.output.kind === 'count'
      ? await count(ports, { query, blocks, deadline })
      : await extract(ports, { query, blocks, deadline, latest: query.output.latest })
  deadline.check()
  if (!query.isMetadataWanted) return { result }
  const properties = new Set(pathsOfFilters(query.filters).map(path => path.join('.'))).add('keen.timestamp').size
  return {
    result,
    execution_metadata: {
      events_scanned: scanned,
      properties_per_event: properties,
      total_properties_scanned: scanned * properties,
      total_processing_time: (clock.monotonicMs() - startedMs) / 1_000,
    },
  }
}

interface Work {
  readonly query: Query
  readonly blocks: readonly FoundBlock[]
  readonly deadline: Deadline
}

async function count(ports: QueryPorts, work: Work): Promise<{ result: number; scanned: number }> {
  let [result, scanned] = [0, 0]
  await scanAll(ports, work, scan => {
    result += scan.matched
    scanned += scan.scanned
  })
  return { result, scanned }
}

async function extract(
  ports: QueryPorts,
  work: Work & { readonly latest: number | undefined },
): Promise<{ result: readonly EventObject[]; scanned: number }> {
  const extraction = new Extraction(ports.limits, work.latest)
  let scanned = 0
  await scanAll(ports, work, scan => {
    extraction.add(scan.rows)
    scanned += scan.scanned
  })
  return { result: extraction.events(), scanned }
}

async function scanAll(ports: QueryPorts, work: Work, take: (scan: ScanResult) => void): Promise<void> {
  const { query, blocks, deadline } = work
  await aFewAtATime(blocks, ports.limits.queryReadsMax, async block => {
    take(wholeCount(block, query) ?? (await readBlock(ports, block, { plan: planOf(block, query), deadline })))
  })
}

/** Every event of the block counts, and the index says how many there are. */
function wholeCount({ reference, clips }: FoundBlock, query: Query): ScanResult | undefined {
  const isAll = clips === undefined && query.filters.length === 0 && isInside(reference, query)
  if (query.output.kind !== 'count' || !isAll) return undefined
  return { scanned: reference.events, matched: reference.events, rows: [] }
}

/** Where all of a block is in the timeframe, nobody needs to look. */
function planOf({ reference }: FoundBlock, query: Query): ScanPlan {
  const { filters, output } = query
  return { filters, output, timeframe: isInside(reference, query) ? undefined : query.timeframe }
}

function isInside({ timeMin, timeMax }: FoundBlock['reference'], { timeframe }: Query): boolean {
  return timeframe === undefined || (timeMin >= timeframe.start && timeMax < timeframe.end)
}
