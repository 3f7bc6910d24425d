// What must hold of every run, as a pure function of what clients did and saw.

import type { History } from '../history.ts'
import type { SourceEvent } from '../source-event.ts'

export interface Invariant {
  readonly name: string
  /** `goal`: when it is not held, the run has missed a goal; nothing is lost or wrong. */
  readonly kind: 'safety' | 'goal'
  check(evidence: Evidence): Finding
}

export interface Evidence {
  readonly history: History
  /** Every event that clients had to send, by its key. */
  readonly events: ReadonlyMap<string, SourceEvent>
  /** Wall time at virtual time zero. */
  readonly startEpochMs: number
}

export type Finding =
  | { readonly outcome: 'held' }
  /** The smallest thing that shows it, in words. */
  | { readonly outcome: 'broken'; readonly witness: Witness }
  /** It could not be judged. */
  | { readonly outcome: 'unknown'; readonly witness: Witness }

export interface Witness {
  /** One sentence. */
  readonly says: string
  /** How many there are of the kind; the others are not listed. */
  readonly count: number
  /** The first few, plain data. */
  readonly examples: readonly unknown[]
}

export const HELD: Finding = { outcome: 'held' }

/** Broken where there is a witness, held where there is none. */
export function findingOf(says: string, witnesses: readonly unknown[]): Finding {
  return witnesses.length === 0 ? HELD : { outcome: 'broken', witness: witnessOf(says, witnesses) }
}

export function unknown(says: string): Finding {
  return { outcome: 'unknown', witness: { says, count: 1, examples: [] } }
}

function witnessOf(says: string, witnesses: readonly unknown[]): Witness {
  return { says, count: witnesses.length, examples: witnesses.slice(0, EXAMPLES_MAX) }
}

const EXAMPLES_MAX = 5
