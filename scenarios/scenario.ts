// What a scenario is: what it claims in words, and how one run of it is made ready. The runner takes it through its phases.

import type { FaultPlan } from '../chaos/plan.ts'
import type { RunLimits } from '../sim/kernel/world.ts'
import type { FabricOptions } from '../sim/network/fabric.ts'
import type { Simulation } from '../sim/simulation.ts'
import type { Entropy } from '../system/runtime/entropy.ts'
import type { Phase } from './history.ts'
import type { HistoryBook } from './history-book.ts'
import type { Invariant } from './invariants/invariant.ts'
import type { SourceEvent } from './source-event.ts'

/** The first of each list is what a run takes that names none. */
export interface Scenario {
  /** As it stands in addresses. */
  readonly name: string
  readonly title: string
  /** What happens in it and what it claims, for people who decide whether to run it. */
  readonly story: string
  readonly variants: readonly Choice[]
  readonly sizes: readonly Choice[]
  readonly faults: readonly Choice[]
  /** Draws everything that a run needs, before its world begins. */
  prepare(choices: RunChoices): Production
}

export interface Choice {
  readonly name: string
  readonly says: string
}

export interface RunChoices {
  readonly variant: string
  readonly size: string
  readonly faults: string
  /** Of scenario and seed; what is drawn for the workload is the same under all faults. */
  readonly entropy: Entropy
}

/** One run, before it begins. */
export interface Production {
  readonly plan: FaultPlan
  /** Of the hosts of one list at most one is meant by a fault at a time. */
  readonly oneAtATime: readonly (readonly string[])[]
  readonly limits: RunLimits
  readonly phases: PhaseLimits
  readonly fabric?: FabricOptions
  readonly invariants: readonly Invariant[]
  /** All that clients have to send, by their keys. */
  readonly events: ReadonlyMap<string, SourceEvent>
  /** Adds the hosts and starts what runs on them. Called once, before the world runs. */
  raise(simulation: Simulation, book: HistoryBook): Company
}

/** How long each phase may take, in virtual milliseconds. What takes longer has missed its goal. */
export interface PhaseLimits {
  readonly bootMs: number
  readonly warmUpMs: number
  /** After it the faults that still act are ended, and those that have not begun never do. */
  readonly stormMs: number
  /**
   * From when all is undone and whole to the calm. Until then requests may still fail: connections that were cut try again
   * later and later, and groups must first find out who is gone.
   */
  readonly recoveryMs: number
  /** To be whole again, and then once more to be caught up. */
  readonly calmMs: number
  readonly finalMs: number
}

/** The hosts of a run at work. Nothing here may be called from a host's own code: the conductor stands outside. */
export interface Company {
  /** Every service is up, and clients may begin. */
  isReady(): boolean
  /** The service on the host is up, in the process that runs there now. */
  serves(host: string): boolean
  /** Every copy of everything is up and caught up. */
  isWhole(): boolean
  /** Clients begin with what they do in this phase. */
  begin(phase: Phase): void
  /** What this phase waits for has happened. */
  isDone(phase: Phase): boolean
  /** What it still waits for, in a few words, for whoever reads that a goal was missed. */
  missing(phase: Phase | 'boot'): string
}
