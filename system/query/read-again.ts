// Reads of the index that fail are tried again: a coordinator that has just gone should cost a query time, not its answer.

import { errorText } from '../runtime/error-text.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Deadline } from './deadline.ts'
import { QueryError } from './query-error.ts'

/**
 * Calls `read` until it succeeds, with growing pauses; after READ_ATTEMPTS_MAX failures it rejects with
 * ServiceUnavailableError. What `read` throws as QueryError is passed on at once.
 */
export async function readAgain<T>(
  runtime: Runtime,
  deadline: Deadline,
  reading: { readonly what: string; readonly read: () => Promise<T> },
): Promise<T> {
  for (let failures = 1; ; failures++) {
    deadline.check()
    try {
      return await reading.read()
    } catch (error) {
      if (error instanceof QueryError) throw error
      runtime.log.count('store_reads_failed', 1, { what: reading.what })
      runtime.log.write('warn', 'read failed', { what: reading.what, failures, error: errorText(error) })
      if (failures >= READ_ATTEMPTS_MAX) {
        throw new QueryError('ServiceUnavailableError', `The ${reading.what} cannot be read now. Try again.`, {
          cause: error,
        })
      }
    }
    await runtime.clock.sleep(PAUSE_MIN_MS * 2 ** (failures - 1))
  }
}

/** With pauses of 0.1, 0.2, … s and reads of at most 3 s: about half a minute. */
const READ_ATTEMPTS_MAX = 7
const PAUSE_MIN_MS = 100
