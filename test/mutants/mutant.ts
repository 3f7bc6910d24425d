// A planted bug: a mistake that the protocol forbids, made on purpose, to see that the rehearsal would have found it.

import type { SourcePatch } from '../../sim/kernel/source-patch.ts'

export interface Mutant {
  /** As it is named on the command line. */
  readonly name: string
  /** What is wrong in it, and what comes of that. */
  readonly says: string
  readonly patches: readonly SourcePatch[]
  /** The address whose run catches it. Its seed is the first that does; the rest of it says where to search. */
  readonly caughtBy: string
  /** What that run is: broken where an invariant of safety does not hold, goal-missed where a goal does not. */
  readonly verdict: 'broken' | 'goal-missed'
  /** A part of the verdict's sentence: it is caught for its own mistake, and not for another. */
  readonly sign: string
}
