// Records of a log for tests: what a write host would have published, at offsets that follow one another.

import type { LogRecord } from '../../../system/queue/log-worker.ts'
import { encodeRecord } from '../../../system/queue/record.ts'

export interface TestEvent {
  readonly collection?: string
  readonly timestamp?: number
  readonly body: unknown
}

export const WRITER: string = 'a'.repeat(32)
export const OTHER_WRITER: string = 'b'.repeat(32)

export function record(given: {
  readonly offset: number
  readonly n?: number
  readonly writer?: string
  readonly project?: string
  readonly appendTimeMs?: number
  readonly events?: readonly TestEvent[]
}): LogRecord {
  const appendTimeMs = given.appendTimeMs ?? Date.UTC(2026, 0, 15) + given.offset * 10
  const value = encodeRecord({
    writer: given.writer ?? WRITER,
    n: given.n ?? given.offset,
    project: given.project ?? 'p',
    receivedAt: appendTimeMs - 5,
    events: (given.events ?? [{ body: { offset: given.offset } }]).map(({ collection, timestamp, body }) => ({
      collection: collection ?? 'c',
      timestamp: timestamp ?? appendTimeMs - 5,
      body: body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body)),
    })),
  })
  return { offset: given.offset, appendTimeMs, value }
}
