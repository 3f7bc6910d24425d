// Puts together what the blocks gave to an extraction.

import type { EventObject } from '../store/rows.ts'
import { QueryError } from './query-error.ts'
import type { QueryLimits } from './query-limits.ts'
import type { ExtractedRow } from './scan-block.ts'

/**
 * Collects rows of blocks in any order. Without `latest` the events come by keen.timestamp, then by keen.id, ascending; more
 * than extractionEventsMax are an error. With it the newest so many are kept, and come newest first.
 */
export class Extraction {
  readonly #limits: QueryLimits
  readonly #latest: number | undefined
  #rows: ExtractedRow[] = []
  #bytes = 0

  constructor(limits: QueryLimits, latest: number | undefined) {
    this.#limits = limits
    this.#latest = latest
  }

  /** Throws ResultTooLargeError. */
  add(rows: readonly ExtractedRow[]): void {
    for (const row of rows) {
      this.#rows.push(row)
      this.#bytes += row.jsonLength
    }
    if (this.#latest !== undefined && this.#rows.length > this.#latest * 2) this.#keepLatest(this.#latest)
    const { extractionEventsMax, responseBytesMax } = this.#limits
    if (this.#latest === undefined && this.#rows.length > extractionEventsMax) {
      throw tooLarge(`has more than extractionEventsMax, ${extractionEventsMax} events`)
    }
    if (this.#bytes > responseBytesMax) throw tooLarge(`has more than responseBytesMax, ${responseBytesMax} bytes`)
  }

  events(): readonly EventObject[] {
    if (this.#latest === undefined) this.#rows.sort(byTime)
    else this.#keepLatest(this.#latest)
    return this.#rows.map(row => row.event)
  }

  #keepLatest(latest: number): void {
    this.#rows = this.#rows.sort((a, b) => byTime(b, a)).slice(0, latest)
    this.#bytes = this.#rows.reduce((sum, row) => sum + row.jsonLength, 0)
  }
}

function byTime(a: ExtractedRow, b: ExtractedRow): number {
  if (a.timestamp !== b.timestamp) return a.timestamp - b.timestamp
  return a.id < b.id ? -1 : 1
}

function tooLarge(what: string): QueryError {
  return new QueryError('ResultTooLargeError', `The result of the extraction ${what}; narrow it, or use latest.`)
}
