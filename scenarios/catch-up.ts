// Asks until everything that was accepted is visible. Counts first, as they are cheap and cannot be enough while too little
// is there; then the events themselves, as only these say which they are.

import type { Ledger } from './ledger.ts'
import { formatAttempt } from './history.ts'
import type { Query } from './query.ts'
import type { Reader } from './reader.ts'

export class CatchUp {
  readonly #reader: Reader
  readonly #ledger: Ledger
  #missing = new Map<string, string>()
  #isDone = false

  constructor(reader: Reader, ledger: Ledger) {
    this.#reader = reader
    this.#ledger = ledger
  }

  get isDone(): boolean {
    return this.#isDone
  }

  /** What was last seen to be missing. */
  get missing(): string {
    return [...this.#missing].map(([collection, what]) => `${what} in ${collection}`).join(', ')
  }

  /** Resolves when all of it is visible; asks for ever otherwise. */
  async run(collections: readonly Pick<Query, 'project' | 'collection'>[]): Promise<void> {
    this.#isDone = false
    for (const name of collections) {
      for (let pauseMs = PAUSE_MIN_MS; !(await this.#isVisible(name)); pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS)) {
        await this.#reader.sleep(pauseMs)
      }
      this.#missing.delete(name.collection)
    }
    this.#isDone = true
  }

  async #isVisible(name: Pick<Query, 'project' | 'collection'>): Promise<boolean> {
    const accepted = this.#ledger.acceptedOf(name)
    const note = (what: string): false => {
      this.#missing.set(name.collection, what)
      return false
    }
    const counted = await this.#reader.ask({ ...name, analysis: 'count', filters: [] })
    if (counted?.kind !== 'count') return note('the count was not answered')
    if (counted.count < accepted.size) return note(`${counted.count} of ${accepted.size} accepted events are visible`)
    const extracted = await this.#reader.ask({ ...name, analysis: 'extraction', filters: [] })
    if (extracted?.kind !== 'extraction') return note('the extraction was not answered')
    const visible = new Set(extracted.rows.map(({ attempt }) => attempt && formatAttempt(attempt)))
    const missing = [...accepted].filter(attempt => !visible.has(attempt))
    return missing.length === 0 || note(`${missing.length} accepted events are not visible, ${missing[0]} first`)
  }
}

const PAUSE_MIN_MS = 500
const PAUSE_MAX_MS = 4_000
