// What every run of our own system is judged by.

import { ACCEPTED_IS_VISIBLE } from './accepted-is-visible.ts'
import { ANSWERS_ALLOWED } from './answers-allowed.ts'
import { COUNTS_ARE_TRUE } from './counts-are-true.ts'
import { FRESH_IS_VISIBLE_SOON } from './fresh-is-visible-soon.ts'
import type { Invariant } from './invariant.ts'
import { NONE_DOUBLED } from './none-doubled.ts'
import { NONE_HALF } from './none-half.ts'
import { NOTHING_VANISHES } from './nothing-vanishes.ts'
import { REFUSALS_AS_SPECIFIED } from './refusals-as-specified.ts'
import { VISIBLE_WAS_ATTEMPTED } from './visible-was-attempted.ts'

/** The worst first: the first that is broken is what a verdict says. */
export const INVARIANTS: readonly Invariant[] = [
  ACCEPTED_IS_VISIBLE,
  NOTHING_VANISHES,
  NONE_DOUBLED,
  NONE_HALF,
  VISIBLE_WAS_ATTEMPTED,
  COUNTS_ARE_TRUE,
  ANSWERS_ALLOWED,
  REFUSALS_AS_SPECIFIED,
  FRESH_IS_VISIBLE_SOON,
]
