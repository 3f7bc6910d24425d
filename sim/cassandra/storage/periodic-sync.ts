// Syncs a log at the ticks of its period, as long as there is something new in it.

import type { Clock, Timer } from '../../../system/runtime/clock.ts'
import { SyncTicks } from './sync-ticks.ts'

export interface SyncedLater {
  readonly isSynced: boolean
  sync(): Promise<void>
}

export class PeriodicSync {
  readonly #clock: Clock
  readonly #everyMs: number
  readonly #ticks: SyncTicks
  readonly #log: SyncedLater
  readonly #onFailure: (error: unknown) => void
  #timer: Timer | undefined
  #syncing: { readonly sinceMs: number; readonly done: Promise<void> } | undefined
  #isStopped = false

  constructor(
    clock: Clock,
    options: { readonly everyMs: number; readonly log: SyncedLater; readonly onFailure: (error: unknown) => void },
  ) {
    this.#clock = clock
    this.#everyMs = options.everyMs
    this.#ticks = new SyncTicks(clock, options.everyMs)
    this.#log = options.log
    this.#onFailure = options.onFailure
  }

  /** Something new is in the log. */
  plan(): void {
    if (this.#timer !== undefined || this.#syncing !== undefined || this.#isStopped) return
    this.#timer = this.#ticks.next(() => {
      this.#timer = undefined
      this.#syncing = { sinceMs: this.#clock.monotonicMs(), done: this.#sync() }
    })
  }

  /** When writers have to wait, as Cassandra's do: the last sync began half a period ago and has not ended. */
  lag(): Promise<void> | undefined {
    const syncing = this.#syncing
    const isLate = syncing !== undefined && this.#clock.monotonicMs() - syncing.sinceMs > this.#everyMs / 2
    return isLate ? syncing.done : undefined
  }

  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
  }

  async #sync(): Promise<void> {
    try {
      await this.#log.sync()
      this.#syncing = undefined
      if (!this.#log.isSynced) this.plan()
    } catch (error) {
      this.#onFailure(error)
    }
  }
}
