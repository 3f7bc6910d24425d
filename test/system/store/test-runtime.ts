// A runtime of one process in which time passes only when the test says so.

import type { Timer } from '../../../system/runtime/clock.ts'
import type { Log, LogFields, LogLevel } from '../../../system/runtime/log.ts'
import type { Runtime } from '../../../system/runtime/runtime.ts'

export interface TestRuntime extends Runtime {
  readonly lines: { readonly level: LogLevel; readonly message: string; readonly fields: LogFields }[]
  /** Lets time pass, firing what is due in order, with all that follows from each before the next. */
  pass(ms: number): Promise<void>
  setWallMs(wallMs: number): void
}

export function testRuntime(startWallMs: number = Date.UTC(2026, 0, 1)): TestRuntime {
  let [nowMs, sequence, skewMs] = [0, 0, startWallMs]
  let timers: { readonly atMs: number; readonly sequence: number; readonly fire: () => void }[] = []
  const lines: TestRuntime['lines'] = []
  const setTimer = (delayMs: number, fire: () => void): Timer => {
    const timer = { atMs: nowMs + Math.max(1, delayMs), sequence: sequence++, fire }
    timers.push(timer)
    return { cancel: () => (timers = timers.filter(other => other !== timer)) }
  }
  const log: Log = {
    write: (level, message, fields = {}) => void lines.push({ level, message, fields }),
    child: () => log,
    count: () => undefined,
    gauge: () => undefined,
    observe: () => undefined,
  }
  const never = (): never => {
    throw new Error('this port is not for this test')
  }
  return {
    host: 'test',
    lines,
    clock: {
      wallMs: () => skewMs + Math.floor(nowMs),
      monotonicMs: () => nowMs,
      setTimer,
      sleep: (delayMs, signal) =>
        new Promise((resolve, reject) => {
          const stop = (): void => {
            timer.cancel()
            reject(signal?.reason as Error)
          }
          const timer = setTimer(delayMs, () => {
            signal?.removeEventListener('abort', stop)
            resolve()
          })
          if (signal?.aborted === true) stop()
          else signal?.addEventListener('abort', stop, { once: true })
        }),
    },
    entropy: { fork: never, float: never, uint32: never, below: never, bytes: never },
    network: { listen: never, connect: never, resolve: never },
    disk: { open: never, rename: never, remove: never, list: never, syncDirectory: never },
    // By a clone, as it would come to another thread.
    cpu: { run: async (_work, compute, ...args) => structuredClone(compute(...structuredClone(args))) },
    log,
    async pass(ms) {
      const untilMs = nowMs + ms
      await settle()
      for (;;) {
        const due = timers
          .filter(timer => timer.atMs <= untilMs)
          .sort((a, b) => a.atMs - b.atMs || a.sequence - b.sequence)
        const [first] = due
        if (first === undefined) break
        timers = timers.filter(timer => timer !== first)
        nowMs = Math.max(nowMs, first.atMs)
        first.fire()
        await settle()
      }
      nowMs = untilMs
    },
    setWallMs: wallMs => (skewMs = wallMs - Math.floor(nowMs)),
  }
}

/** All promises that can settle without time passing have. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve))
}
