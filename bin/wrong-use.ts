// A command that cannot be carried out as it was given: one sentence on what is wrong and what to do, exit code 64.

import { RunRecordError } from '../reports/run-record.ts'
import { AddressError, SEED_MAX } from '../scenarios/address.ts'

export class WrongUse extends Error {
  override readonly name = 'WrongUse'
}

/** Errors whose message is all that the user needs: their stacks say nothing to anybody. */
export function isSentence(error: unknown): error is Error {
  return error instanceof WrongUse || error instanceof RunRecordError || error instanceof AddressError
}

/** Parses an integer of an option, for commander. */
export function integerOption(name: string, min: number, max: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    throw new WrongUse(`${name} must be an integer from ${min} to ${max}, and is '${text}'`)
  }
}

export interface SeedRange {
  readonly first: number
  readonly last: number
}

/** Parses `A..B`, both included, or one seed. */
export function parseSeedRange(text: string): SeedRange {
  const match = /^(\d{1,10})(?:\.\.(\d{1,10}))?$/.exec(text)
  const first = Number(match?.[1])
  const last = Number(match?.[2] ?? match?.[1])
  if (match === null || last < first || last > SEED_MAX || last - first >= SEEDS_MAX) {
    throw new WrongUse(`--seeds must be a range such as 1..200, of at most ${SEEDS_MAX} seeds, and is '${text}'`)
  }
  return { first, last }
}

/** Seeds of one sweep. */
const SEEDS_MAX = 1_000_000
