// What a query gets from its blocks: from the index alone where that says enough, from memory where the same was asked before,
// else from the store.

import { aFewAtATime } from '../store/a-few-at-a-time.ts'
import type { Deadline } from './deadline.ts'
import type { FoundBlock, QueryPorts } from './find-blocks.ts'
import type { Query } from './parameters.ts'
import { nameOfPlan } from './partial-results.ts'
import { readBlock } from './read-block.ts'
import type { ScanPlan, ScanResult } from './scan-block.ts'

/** One query at work on its blocks, a few at a time. */
export class BlockScan {
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

  async all(blocks: readonly FoundBlock[], take: (scan: ScanResult) => void): Promise<void> {
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
