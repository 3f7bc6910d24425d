// A query from its parameters to its answer: a result or an error, always, and never a result with something missing.

import { aFewAtATime } from '../store/a-few-at-a-time.ts'
import type { EventObject } from '../store/rows.ts'
import { Deadline } from './deadline.ts'
import { Extraction } from './extraction.ts'
import type { FoundBlock, QueryPorts } from './find-blocks.ts'
import { findBlocks } from './find-blocks.ts'
import type { Query, QueryParameters } from './parameters.ts'
import { parseQuery } from './parameters.ts'
import { nameOfPlan } from './partial-results.ts'
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
  const { clock, log } = ports.runtime
  const startedMs = clock.monotonicMs()
  const deadline = new Deadline(clock, ports.limits.queryDeadlineMs)
  const query = parseQuery(request, { nowMs: clock.wallMs(), limits: ports.limits })
  const name = { project: request.project, collection: query.collection }
  const { rows, blocks } = await findBlocks(ports, { name, timeframe: query.timeframe }, deadline)
  const work = new Work(ports, { query, deadline })
  const result = query.output.kind === 'count' ? await count(work, blocks) : await extract(work, blocks)
  deadline.check()
  const tookMs = clock.monotonicMs() - startedMs
  log.write('debug', 'query answered', {
    ...{ project: name.project, analysis: request.analysis, collection: name.collection },
    ...{ rows, blocks: blocks.length, ...work.counts, tookMs },
  })
  if (!query.isMetadataWanted) return { result }
  return { result, execution_metadata: metadataOf(query, { scanned: work.counts.scanned, tookMs }) }
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

async function count(work: Work, blocks: readonly FoundBlock[]): Promise<number> {
  await work.scanAll(blocks, () => undefined)
  return work.counts.matched
}

async function extract(work: Work, blocks: readonly FoundBlock[]): Promise<readonly EventObject[]> {
  const { limits } = work.ports
  const extraction = new Extraction(limits, work.query.output.kind === 'events' ? work.query.output.latest : undefined)
  await work.scanAll(blocks, scan => extraction.add(scan.rows))
  return extraction.events()
}

/** One query at work on its blocks. */
class Work {
  readonly ports: QueryPorts
  readonly query: Query
  readonly counts = { scanned: 0, matched: 0, blocksRead: 0, blocksRemembered: 0 }
  readonly #deadline: Deadline
  /** Of what is asked of blocks that lie wholly in the timeframe, and of those that do not. */
  readonly #plans: { readonly inside: NamedPlan; readonly across: NamedPlan }

  constructor(ports: QueryPorts, of: { readonly query: Query; readonly deadline: Deadline }) {
    this.ports = ports
    this.query = of.query
    this.#deadline = of.deadline
    const { filters, output, timeframe } = of.query
    const across = named({ filters, output, timeframe })
    this.#plans = {
      inside: timeframe === undefined ? across : named({ filters, output, timeframe: undefined }),
      across,
    }
  }

  async scanAll(blocks: readonly FoundBlock[], take: (scan: ScanResult) => void): Promise<void> {
    await aFewAtATime(blocks, this.ports.limits.queryReadsMax, async block => {
      const scan = wholeCount(block, this.query) ?? (await this.#scan(block))
      this.counts.scanned += scan.scanned
      this.counts.matched += scan.matched
      take(scan)
    })
  }

  async #scan(block: FoundBlock): Promise<ScanResult> {
    const { results } = this.ports
    // Where all of a block is in the timeframe, nobody needs to look.
    const { name, plan } = isInside(block.reference, this.query) ? this.#plans.inside : this.#plans.across
    const known = results.find(name, block)
    if (known !== undefined) {
      this.counts.blocksRemembered++
      return known
    }
    this.counts.blocksRead++
    const result = await readBlock(this.ports, block, { plan, deadline: this.#deadline })
    results.keep(name, block, result)
    return result
  }
}

interface NamedPlan {
  readonly name: string
  readonly plan: ScanPlan
}

function named(plan: ScanPlan): NamedPlan {
  return { name: nameOfPlan(plan), plan }
}

/** Every event of the block counts, and the index says how many there are. */
function wholeCount({ reference, clips }: FoundBlock, query: Query): ScanResult | undefined {
  const isAll = clips === undefined && query.filters.length === 0 && isInside(reference, query)
  if (query.output.kind !== 'count' || !isAll) return undefined
  return { scanned: reference.events, matched: reference.events, rows: [] }
}

function isInside({ timeMin, timeMax }: FoundBlock['reference'], { timeframe }: Query): boolean {
  return timeframe === undefined || (timeMin >= timeframe.start && timeMax < timeframe.end)
}
