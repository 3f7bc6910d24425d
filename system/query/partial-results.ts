// What blocks gave to queries, kept for the next query that asks the same of them: blocks never change, so a dashboard that
// refreshes computes only what is new.

import { createHash } from 'node:crypto'
import type { FoundBlock } from './find-blocks.ts'
import type { ScanPlan, ScanResult } from './scan-block.ts'

/** What is asked of blocks, as a short text that nothing else is asked by. */
export function nameOfPlan(plan: ScanPlan): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('base64').slice(0, 22)
}

/** Those used longest ago go first. */
export class PartialResults {
  readonly #bytesMax: number
  readonly #kept = new Map<string, { readonly result: ScanResult; readonly bytes: number }>()
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** About what the kept results take. */
  get bytes(): number {
    return this.#bytes
  }

  find(plan: string, block: FoundBlock): ScanResult | undefined {
    const key = keyOf(plan, block)
    const kept = this.#kept.get(key)
    if (kept === undefined) return undefined
    this.#kept.delete(key)
    this.#kept.set(key, kept)
    return kept.result
  }

  /** The result is the cache's from now on: nobody may change it. One that is large beside all others is not kept. */
  keep(plan: string, block: FoundBlock, result: ScanResult): void {
    const key = keyOf(plan, block)
    let bytes = RESULT_BYTES
    for (const row of result.rows) bytes += row.jsonLength * BYTES_PER_CHARACTER
    if (bytes > this.#bytesMax / RESULTS_AT_LEAST || this.#kept.has(key)) return
    this.#kept.set(key, { result, bytes })
    this.#bytes += bytes
    for (const [oldest, { bytes: freed }] of this.#kept) {
      if (this.#bytes <= this.#bytesMax) return
      this.#kept.delete(oldest)
      this.#bytes -= freed
    }
  }
}

/** The same block may be clipped in another way tomorrow. */
function keyOf(plan: string, { reference, clips }: FoundBlock): string {
  const clipped = clips === undefined ? '' : clips.map(({ start, end }) => `${start}-${end}`).join()
  return `${plan} ${reference.id} ${clipped}`
}

/** Of a result without rows: its key, its numbers, its place in a map. */
const RESULT_BYTES = 400

/** An event as objects takes several times the characters of its JSON. */
const BYTES_PER_CHARACTER = 4
const RESULTS_AT_LEAST = 8
