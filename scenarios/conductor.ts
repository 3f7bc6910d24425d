// Takes a company through the phases of a run: boot, warm-up, storm, calm, final reads. It stands outside of all hosts, and
// looks at them from time to time instead of being called by them: what it does is never part of what a host does.

import { carryOut } from '../chaos/carry-out.ts'
import type { Acts, FaultReport, Storm } from '../chaos/carry-out.ts'
import type { Phase } from './history.ts'
import type { HistoryBook } from './history-book.ts'
import type { Company, Production } from './scenario.ts'

export type Ended =
  { readonly kind: 'over' } | { readonly kind: 'goal-missed'; readonly phase: Phase | 'boot'; readonly missing: string }

export class Conductor {
  readonly #production: Production
  readonly #company: Company
  readonly #acts: Acts
  readonly #book: HistoryBook
  #phase: Phase | 'boot' = 'boot'
  #storm: Storm | undefined

  constructor(parts: {
    readonly production: Production
    readonly company: Company
    readonly acts: Acts
    readonly book: HistoryBook
  }) {
    this.#production = parts.production
    this.#company = parts.company
    this.#acts = parts.acts
    this.#book = parts.book
  }

  get phase(): Phase | 'boot' {
    return this.#phase
  }

  /** One for each planned fault, as far as the storm has come. */
  faultReports(): readonly FaultReport[] {
    const unbegun = (): readonly FaultReport[] =>
      this.#production.plan.faults.map(planned => ({
        ...{ planned, fromMicros: undefined, toMicros: undefined, changes: {}, isUndone: true },
      }))
    return this.#storm?.reports() ?? unbegun()
  }

  async run(): Promise<Ended> {
    const { phases } = this.#production
    const company = this.#company
    if (!(await this.#until(() => company.isReady(), phases.bootMs))) return this.#missed()
    if (!(await this.#go('warm-up', phases.warmUpMs))) return this.#missed()
    await this.#weather(phases.stormMs)
    // What the storm has left undone is part of the calm, where everything must come right.
    const isUndone = (): boolean => this.#storm?.isOver() !== false && company.isWhole()
    if (!(await this.#until(isUndone, phases.calmMs))) return this.#missed()
    await this.#acts.sleep(phases.recoveryMs)
    // What has not come by the end of the calm will not come: the final reads say what it is.
    const missed = (await this.#go('calm', phases.calmMs)) ? undefined : this.#missed()
    if (!(await this.#go('final', phases.finalMs))) return missed ?? this.#missed()
    return missed ?? { kind: 'over' }
  }

  async #weather(stormMs: number): Promise<void> {
    this.#begin('storm')
    const storm = carryOut(this.#production.plan, this.#acts, {
      oneAtATime: this.#production.oneAtATime,
      isWhole: () => this.#company.isWhole(),
    })
    this.#storm = storm
    await this.#until(() => storm.isOver() && this.#company.isDone('storm'), stormMs)
    storm.calm()
  }

  async #go(phase: Phase, withinMs: number): Promise<boolean> {
    this.#begin(phase)
    return this.#until(() => this.#company.isDone(phase), withinMs)
  }

  #begin(phase: Phase): void {
    this.#phase = phase
    this.#book.phase = phase
    this.#company.begin(phase)
  }

  async #until(isSo: () => boolean, withinMs: number): Promise<boolean> {
    const untilMicros = this.#acts.nowMicros() + withinMs * 1_000
    while (!isSo()) {
      if (this.#acts.nowMicros() >= untilMicros) return false
      await this.#acts.sleep(LOOK_MS)
    }
    return true
  }

  #missed(): Ended {
    return { kind: 'goal-missed', phase: this.#phase, missing: this.#company.missing(this.#phase) }
  }
}

/** Coarse: a phase that begins a little later changes nothing, and every look is an entry. */
const LOOK_MS = 100
