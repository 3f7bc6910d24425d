// What the clients of a run have been told is accepted, by project and collection: the least that must become visible.

import type { Attempt } from './history.ts'
import { formatAttempt } from './history.ts'

export interface CollectionName {
  readonly project: string
  readonly collection: string
}

export class Ledger {
  readonly #accepted = new Map<string, Set<string>>()

  accept(name: CollectionName, attempt: Attempt): void {
    const key = keyOf(name)
    const known = this.#accepted.get(key) ?? new Set()
    this.#accepted.set(key, known.add(formatAttempt(attempt)))
  }

  /** In the form of `formatAttempt`. */
  acceptedOf(name: CollectionName): ReadonlySet<string> {
    return this.#accepted.get(keyOf(name)) ?? NONE
  }
}

const NONE: ReadonlySet<string> = new Set()

function keyOf({ project, collection }: CollectionName): string {
  return `${project}/${collection}`
}
