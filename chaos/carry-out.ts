// Carries out a plan: begins each fault in its time or behind its gate, ends each after its length, and keeps what each
// changed. How a fault is done to a world is another's business (`Acts`), so that the same plan can be turned on a real one.

import { hostsOf, isMeant } from './fault.ts'
import type { Fault } from './fault.ts'
import type { FaultPlan, PlannedFault } from './plan.ts'

/** The world as a plan sees it. */
export interface Acts {
  nowMicros(): number
  sleep(delayMs: number): Promise<void>
  begin(fault: Fault): ActingFault
}

export interface ActingFault {
  /** The fault's opposite. */
  end(): void
  /** What the fault has changed so far, each kind of change with its count. Zeros may stand in it. */
  changes(): Changes
  /** True when its opposite has worked: the host is up and serves, the link carries. Only after `end`. */
  isUndone(): boolean
}

/** For example `{ 'connections reset': 6, 'bytes lost': 4096 }`. */
export type Changes = Readonly<Record<string, number>>

export interface CarryOutOptions {
  /** Of the hosts of one list at most one is meant by a fault at a time; a fault that comes too early waits. */
  readonly oneAtATime: readonly (readonly string[])[]
  /** Whether every copy of everything is up and caught up: the gate of faults that wait for it. */
  isWhole(): boolean
}

export interface FaultReport {
  readonly planned: PlannedFault
  /** Undefined: it never began, or never ended. */
  readonly fromMicros: number | undefined
  readonly toMicros: number | undefined
  readonly changes: Changes
  readonly isUndone: boolean
}

export interface Storm {
  /** Every planned fault has begun, ended, and its opposite has worked. */
  isOver(): boolean
  /** Begins no more, ends all that act. */
  calm(): void
  /** One for each planned fault, in the plan's order. */
  reports(): readonly FaultReport[]
}

/** How often a fault changed what would have happened. */
export function bitesOf(changes: Changes): number {
  return Object.values(changes).reduce((sum, count) => sum + count, 0)
}

/**
 * Runs beside the caller, by the world's time, from now on. A fault that has changed nothing when its length is over, as
 * nobody used the link, lasts until it has: one that never meant anything would say nothing about the system.
 */
export function carryOut(plan: FaultPlan, acts: Acts, options: CarryOutOptions): Storm {
  const startMicros = acts.nowMicros()
  const courses = plan.faults.map(planned => new Course(planned))
  let isCalm = false

  /** One that waits for the world to be whole is let through before any other begins: else it might wait for ever. */
  const mayBegin = (course: Course, elapsedMs: number): boolean => {
    if (!course.isDue(elapsedMs)) return false
    const active = courses.filter(other => other.state === 'acting' || other.state === 'ending')
    if (course.planned.when === 'whole') return active.length === 0 && options.isWhole()
    if (courses.some(other => other.planned.when === 'whole' && other.isDue(elapsedMs))) return false
    return !active.some(other => areRivals(options.oneAtATime, course.planned.fault, other.planned.fault))
  }

  const look = (): number => {
    const elapsedMs = (acts.nowMicros() - startMicros) / 1_000
    for (const course of courses) course.endIfDue(acts)
    for (const course of courses) if (mayBegin(course, elapsedMs)) course.begin(acts)
    return Math.min(LOOK_MS, ...courses.map(course => course.dueInMs(acts, elapsedMs)).filter(ms => ms > 0))
  }

  const run = async (): Promise<void> => {
    while (!isCalm && courses.some(course => course.state !== 'over')) await acts.sleep(look())
  }
  void run()

  return {
    isOver: () => courses.every(course => course.isOver()),
    calm() {
      isCalm = true
      for (const course of courses) course.end(acts)
    },
    reports: () => courses.map(course => course.report()),
  }
}

/** A fault that waits, and the opposite of one that has ended, are looked at this often. */
const LOOK_MS = 100

/** One planned fault on its way from planned to over. */
class Course {
  readonly planned: PlannedFault
  #acting: ActingFault | undefined
  #state: 'planned' | 'acting' | 'ending' | 'over' = 'planned'
  #fromMicros: number | undefined
  #toMicros: number | undefined
  #changes: Changes = {}

  constructor(planned: PlannedFault) {
    this.planned = planned
  }

  get state(): 'planned' | 'acting' | 'ending' | 'over' {
    return this.#state
  }

  /** Its time has come, and it has not begun. */
  isDue(elapsedMs: number): boolean {
    return this.#state === 'planned' && this.planned.fromMs <= elapsedMs
  }

  begin(acts: Acts): void {
    this.#state = 'acting'
    this.#fromMicros = acts.nowMicros()
    this.#acting = acts.begin(this.planned.fault)
  }

  endIfDue(acts: Acts): void {
    const isLong = this.#state === 'acting' && acts.nowMicros() >= this.#endMicros()
    if (isLong && bitesOf(this.#acting?.changes() ?? {}) > 0) this.end(acts)
    this.isOver()
  }

  /** A fault that never began is over without a change. */
  end(acts: Acts): void {
    if (this.#state === 'planned') this.#state = 'over'
    if (this.#state !== 'acting') return
    this.#changes = this.#acting?.changes() ?? {}
    this.#acting?.end()
    this.#state = 'ending'
    this.#toMicros = acts.nowMicros()
  }

  isOver(): boolean {
    if (this.#state === 'ending' && this.#acting?.isUndone() === true) this.#state = 'over'
    return this.#state === 'over'
  }

  dueInMs(acts: Acts, elapsedMs: number): number {
    if (this.#state === 'planned') return this.planned.fromMs - elapsedMs
    return this.#state === 'acting' ? (this.#endMicros() - acts.nowMicros()) / 1_000 : LOOK_MS
  }

  report(): FaultReport {
    return {
      planned: this.planned,
      fromMicros: this.#fromMicros,
      toMicros: this.#toMicros,
      changes: this.#state === 'acting' ? (this.#acting?.changes() ?? {}) : this.#changes,
      isUndone: this.#state === 'over',
    }
  }

  #endMicros(): number {
    return (this.#fromMicros ?? 0) + (this.planned.toMs - this.planned.fromMs) * 1_000
  }
}

/** Both take a host of one list out, wholly or from the others of the list; or both are about one host's own state. */
function areRivals(groups: readonly (readonly string[])[], fault: Fault, other: Fault): boolean {
  if ('host' in fault && 'host' in other && fault.host === other.host) return true
  return groups.some(group => isTroubleIn(group, fault) && isTroubleIn(group, other))
}

function isTroubleIn(group: readonly string[], fault: Fault): boolean {
  return hostsOf(fault).every(end => group.some(host => isMeant(end, host)))
}
