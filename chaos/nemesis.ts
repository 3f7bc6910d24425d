// Draws a fault plan from a seed. Every draw is keyed by what it is for, so that a new kind of fault leaves the others where
// they were; and every seed switches some kinds off, as bugs hide behind faults that mask each other.

import type { Entropy } from '../system/runtime/entropy.ts'
import type { Fault } from './fault.ts'
import { planOf } from './plan.ts'
import type { FaultPlan, PlannedFault } from './plan.ts'

/** One kind of thing that goes wrong, again and again, with rests between. */
export interface Strain {
  /** Keys its draws: never rename one without need. */
  readonly name: string
  /** One of these each time. */
  readonly blows: readonly Blow[]
  /** How long one lasts, uniform on a logarithmic scale, so that short and long ones are as likely. */
  readonly lengthMs: Range
  /** From the end of one to the start of the next. */
  readonly restMs: Range
}

/** One fault or more that belong together. */
export type Blow = readonly BlowPart[]

export interface BlowPart {
  readonly fault: Fault
  readonly when: PlannedFault['when']
  /** Where in the blow's length it begins and ends, from 0 to 1; all of it where nothing is said. */
  readonly share?: Range
}

export interface Range {
  readonly min: number
  readonly max: number
}

export interface NemesisOptions {
  readonly strains: readonly Strain[]
  /** Faults begin within this time; the last may end later. */
  readonly stormMs: number
  /** The probability that a seed has no fault of one strain at all. */
  readonly switchedOff: number
}

/** The same entropy and strain give the same faults, whatever other strains there are. */
export function drawPlan(entropy: Entropy, options: NemesisOptions): FaultPlan {
  const drawn = options.strains.map(strain => drawStrain(entropy.fork(strain.name), strain, options.stormMs))
  const isOff = options.strains.map(strain => entropy.fork(`${strain.name}/off`).float() < options.switchedOff)
  // A storm without any fault tests nothing: then all are on.
  const on = isOff.every(off => off) ? drawn : drawn.filter((_, index) => isOff[index] !== true)
  return planOf(on.flat())
}

function drawStrain(entropy: Entropy, strain: Strain, stormMs: number): readonly PlannedFault[] {
  const faults: PlannedFault[] = []
  const firstMs = Math.floor(entropy.fork('first').float() * Math.min(stormMs, strain.restMs.max))
  let count = 0
  for (let atMs = firstMs; atMs < stormMs;) {
    const draw = entropy.fork(String(count++))
    const lengthMs = logUniform(draw.fork('length').float(), strain.lengthMs)
    for (const { fault, when, share } of pick(draw.fork('blow'), strain.blows)) {
      const fromMs = atMs + Math.floor(lengthMs * (share?.min ?? 0))
      const toMs = Math.max(fromMs + 1, atMs + Math.ceil(lengthMs * (share?.max ?? 1)))
      faults.push({ fault, fromMs, toMs, when })
    }
    atMs += lengthMs + logUniform(draw.fork('rest').float(), strain.restMs)
  }
  return faults
}

function pick<T>(entropy: Entropy, list: readonly T[]): T {
  const picked = list[entropy.below(list.length)]
  if (picked === undefined) throw new RangeError('a strain has nothing to choose from')
  return picked
}

function logUniform(unit: number, { min, max }: Range): number {
  return Math.max(1, Math.round(min * (max / min) ** unit))
}
