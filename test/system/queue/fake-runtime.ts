// A runtime for unit tests: time moves when the test says so, logs are kept, and there is no outside.

import type { Clock, Timer } from '../../../system/runtime/clock.ts'
import type { Entropy } from '../../../system/runtime/entropy.ts'
import type { Log, LogFields, LogLevel } from '../../../system/runtime/log.ts'
import type { Runtime } from '../../../system/runtime/runtime.ts'

export interface FakeLine {
  readonly level: LogLevel
  readonly message: string
  readonly fields: LogFields
}

export interface FakeRuntime extends Runtime {
  readonly clock: FakeClock
  readonly lines: readonly FakeLine[]
}

export function fakeRuntime(seed = 1): FakeRuntime {
  const lines: FakeLine[] = []
  const log: Log = {
    write: (level, message, fields = {}) => void lines.push({ level, message, fields }),
    child: () => log,
    count: () => undefined,
    gauge: () => undefined,
    observe: () => undefined,
  }
  const absent = new Proxy(
    {},
    {
      get(_, name) {
        throw new Error(`this runtime has no ${String(name)}`)
      },
    },
  ) as never
  return {
    host: 'test',
    clock: new FakeClock(),
    entropy: fakeEntropy(seed),
    network: absent,
    disk: absent,
    cpu: absent,
    log,
    lines,
  }
}

export class FakeClock implements Clock {
  #nowMs = 1_000
  #timers: { atMs: number; fire: () => void }[] = []

  wallMs(): number {
    return 1_767_225_600_000 + this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    const timer = { atMs: this.#nowMs + (delayMs >= 1 ? delayMs : 1), fire }
    this.#timers.push(timer)
    return { cancel: () => void (this.#timers = this.#timers.filter(other => other !== timer)) }
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.setTimer(delayMs, resolve)
      const abort = (): void => {
        timer.cancel()
        reject(signal?.reason as Error)
      }
      if (signal?.aborted === true) abort()
      else signal?.addEventListener('abort', abort, { once: true })
    })
  }

  /** Fires what is due, in order, and lets everything settle after each. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms
    await settle()
    for (;;) {
      const next = this.#timers.filter(timer => timer.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined) break
      this.#timers = this.#timers.filter(timer => timer !== next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.fire()
      await settle()
    }
    this.#nowMs = untilMs
  }
}

/** Lets all promises that can go on go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

function fakeEntropy(seed: number): Entropy {
  let state = seed
  const uint32 = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state
  }
  const entropy: Entropy = {
    fork: label => fakeEntropy(seed + label.length),
    float: () => uint32() / 2 ** 32,
    uint32,
    below: bound => uint32() % bound,
    bytes: length => Uint8Array.from({ length }, () => uint32() >>> 24),
  }
  return entropy
}
