// Timers as promises, and the signal that a timer aborts.

import { scheduler } from 'node:timers/promises'
import timerPromises from 'node:timers/promises'
import { route } from './replace.ts'
import { armImmediate, armTimeout } from './timers.ts'
import type { SimulatedTimer } from './timers.ts'

interface WaitOptions {
  readonly signal?: AbortSignal
}

/** Resolves with `value` after `delayMs`; rejects as Node's do when the signal aborts. */
function promisedTimeout(delayMs?: unknown, value?: unknown, options?: unknown): Promise<unknown> {
  return waited(fire => armTimeout(delayMs, fire), value, options)
}

function promisedImmediate(value?: unknown, options?: unknown): Promise<unknown> {
  return waited(fire => armImmediate(fire), value, options)
}

export function routeTimerPromises(): void {
  route(timerPromises, 'setTimeout', args => promisedTimeout(...args))
  route(timerPromises, 'setImmediate', args => promisedImmediate(...args))
  route(timerPromises, 'setInterval', ([delayMs, value, options]) => repeated(delayMs, value, options))
  const prototype = Object.getPrototypeOf(scheduler) as object
  route(prototype, 'wait', ([delayMs, options]) => promisedTimeout(delayMs, undefined, options))
  route(prototype, 'yield', () => promisedImmediate())
  route(AbortSignal, 'timeout', ([delayMs]) => abortedAfter(delayMs))
}

function abortedAfter(delayMs: unknown): AbortSignal {
  const controller = new AbortController()
  armTimeout(delayMs, () =>
    controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
  )
  return controller.signal
}

function waited(arm: (fire: () => void) => unknown, value: unknown, options: unknown): Promise<unknown> {
  const signal = (options as WaitOptions | undefined)?.signal
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(abortError(signal))
      return
    }
    const abort = (): void => {
      timer.close()
      if (signal !== undefined) reject(abortError(signal))
    }
    const timer = arm(() => {
      signal?.removeEventListener('abort', abort)
      resolve(value)
    }) as SimulatedTimer
    signal?.addEventListener('abort', abort, { once: true })
  })
}

async function* repeated(delayMs: unknown, value: unknown, options: unknown): AsyncGenerator<unknown> {
  // Counted while nobody asks, as a real interval goes on in the meantime.
  let due = 0
  let wake: (() => void) | undefined
  const timer = armTimeout(
    delayMs,
    () => {
      due++
      wake?.()
    },
    [],
    true,
  ) as SimulatedTimer
  const signal = (options as WaitOptions | undefined)?.signal
  const abort = (): void => wake?.()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    for (;;) {
      if (signal?.aborted === true) throw abortError(signal)
      for (; due > 0; due--) yield value
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
  } finally {
    timer.close()
    signal?.removeEventListener('abort', abort)
  }
}

function abortError(signal: AbortSignal): Error {
  const error = new Error('The operation was aborted', { cause: signal.reason })
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' })
}
