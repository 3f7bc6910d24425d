// A query from its parameters to its answer: a result or an error, always, and never a result with something missing.

import type { EventObject } from '../store/rows.ts'
import { BlockScan } from './block-scan.ts'
import { Deadline } from './deadline.ts'
import { Extraction } from './extraction.ts'
import type { FoundBlock, QueryPorts } from './find-blocks.ts'
import { findBlocks } from './find-blocks.ts'
import type { Query, QueryParameters } from './parameters.ts'
import { parseQuery } from './parameters.ts'
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
  const { clock, log } = ports.runtime
  const startedMs = clock.monotonicMs()
  const deadline = new Deadline(clock, ports.limits.queryDeadlineMs)
  const query = parseQuery(request, { nowMs: clock.wallMs(), limits: ports.limits })
  const name = { project: request.project, collection: query.collection }
  const { rows, blocks } = await findBlocks(ports, { name, timeframe: query.timeframe }, deadline)
  const scan = new BlockScan(ports, { query, deadline })
  const result = query.output.kind === 'count' ? await count(scan, blocks) : await extract(scan, blocks)
  deadline.check()
  const tookMs = clock.monotonicMs() - startedMs
  log.write('debug', 'query answered', {
    ...{ project: name.project, analysis: request.analysis, collection: name.collection },
    ...{ rows, blocks: blocks.length, ...scan.counts, tookMs },
  })
  if (!query.isMetadataWanted) return { result }
  return { result, execution_metadata: metadataOf(query, { scanned: scan.counts.scanned, tookMs }) }
}

function metadataOf(query: Query, of: { readonly scanned: number; readonly tookMs: number }): ExecutionMetadata {
  const properties = new Set(pathsOfFilters(query.filters).map(path => path.join('.'))).add('keen.timestamp').size
  return {
    events_scanned: of.scanned,
    properties_per_event: properties,
    total_properties_scanned: of.scanned * properties,
    total_processing_time: of.tookMs / 1_000,
  }
}

async function count(scan: BlockScan, blocks: readonly FoundBlock[]): Promise<number> {
  await scan.all(blocks, () => undefined)
  return scan.counts.matched
}

async function extract(scan: BlockScan, blocks: readonly FoundBlock[]): Promise<readonly EventObject[]> {
  const { limits } = scan.ports
  const { output } = scan.query
  const extraction = new Extraction(limits, output.kind === 'events' ? output.latest : undefined)
  await scan.all(blocks, found => extraction.add(found.rows))
  return extraction.events()
}
