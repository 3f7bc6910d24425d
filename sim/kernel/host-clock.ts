// The two clocks of a simulated host: a wall clock that may be wrong, and a monotonic one that is not.

import type { Clock, EpochMs, Timer } from '../../system/runtime/clock.ts'
import type { Host } from './host.ts'
import type { World } from './world.ts'

/** Survives the host's crashes, as the clock of a machine does. */
export class HostClock {
  readonly #world: World
  #skewMs: number
  #driftPpm: number
  #setAtMicros = 0

  constructor(world: World, options: { readonly skewMs?: number; readonly driftPpm?: number } = {}) {
    this.#world = world
    this.#skewMs = options.skewMs ?? 0
    this.#driftPpm = options.driftPpm ?? 0
  }

  /** How far the wall clock is ahead of true time now. */
  get skewMs(): number {
    return this.#skewMs + ((this.#world.nowMicros - this.#setAtMicros) / 1000) * (this.#driftPpm / 1e6)
  }

  /** The wall clock jumps. */
  set skewMs(skewMs: number) {
    this.#skewMs = skewMs
    this.#setAtMicros = this.#world.nowMicros
  }

  set driftPpm(driftPpm: number) {
    this.skewMs = this.skewMs
    this.#driftPpm = driftPpm
  }

  /** An integer, as `Date.now()` gives. */
  wallMs(): EpochMs {
    return Math.floor(this.#world.startEpochMs + this.#world.nowMicros / 1000 + this.skewMs)
  }
}

/** A timer of less, or of no number at all, counts as this long: kafkajs arms negative ones, and would spin otherwise. */
export const TIMER_MIN_MS = 1

/** Node's own limit: a longer timer, too, counts as one millisecond. */
const TIMER_MAX_MS = 2 ** 31 - 1

export function timerMicros(delayMs: number): number {
  return (delayMs >= TIMER_MIN_MS && delayMs <= TIMER_MAX_MS ? Math.trunc(delayMs) : TIMER_MIN_MS) * 1000
}

export function simulatedClock(host: Host): Clock {
  const { world } = host
  const setTimer = (delayMs: number, fire: () => void): Timer =>
    world.schedule(Math.max(TIMER_MIN_MS, delayMs > 0 ? delayMs : 0) * 1000, host, 'timer', fire)
  return {
    wallMs: () => host.clock.wallMs(),
    monotonicMs: () => world.nowMicros / 1000,
    setTimer,
    sleep(delayMs, signal) {
      if (signal === undefined) return new Promise(resolve => void setTimer(delayMs, resolve))
      return new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(reasonOf(signal))
          return
        }
        const abort = (): void => {
          timer.cancel()
          reject(reasonOf(signal))
        }
        const timer = setTimer(delayMs, () => {
          signal.removeEventListener('abort', abort)
          resolve()
        })
        signal.addEventListener('abort', abort, { once: true })
      })
    },
  }
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason
  return reason instanceof Error ? reason : new Error(String(reason))
}
