// The end of a server that can no longer keep what it promises: its disk has failed. Kafka halts its process then.

import type { Log } from '../../../system/runtime/log.ts'

/** Thrown where nobody catches it, so that whoever runs the process sees it end. */
export function die(log: Log, what: string, error: unknown): void {
  log.write('error', 'disk failed', { server: what, error: error instanceof Error ? error.message : String(error) })
  queueMicrotask(() => {
    throw error instanceof Error ? error : new Error(String(error))
  })
}
