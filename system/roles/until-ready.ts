// Waits for what may not be up yet: engines and hosts of one installation start in any order.

import { errorText } from '../runtime/error-text.ts'
import type { Runtime } from '../runtime/runtime.ts'

/** Tries until it succeeds; rejects with the last error when the next attempt would begin after `withinMs`. */
export async function untilReady<T>(
  runtime: Runtime,
  options: { readonly what: string; readonly withinMs: number },
  attempt: () => Promise<T>,
): Promise<T> {
  const untilMs = runtime.clock.monotonicMs() + options.withinMs
  for (let failures = 0; ; failures++) {
    try {
      return await attempt()
    } catch (error) {
      const pauseMs = Math.min(100 * 2 ** Math.min(failures, 10), PAUSE_MAX_MS)
      if (runtime.clock.monotonicMs() + pauseMs >= untilMs) {
        throw new Error(`${options.what} was not ready within ${options.withinMs} ms`, { cause: error })
      }
      runtime.log.write('info', 'not ready yet', { what: options.what, error: errorText(error) })
      await runtime.clock.sleep(pauseMs)
    }
  }
}

const PAUSE_MAX_MS = 2_000
