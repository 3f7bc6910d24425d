// All that a partition of __consumer_offsets holds, from its start: what a new coordinator begins with.

import type { Clock } from '../../../system/runtime/clock.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { readRecords } from '../log/records.ts'
import { readOffsetsRecord } from './offsets-records.ts'
import type { OffsetsRecord } from './offsets-records.ts'

/** Whatever the high watermark: what is in the leader's log will be committed. Ends early once the log is led elsewhere. */
export async function* readOffsetsLog(
  log: PartitionLog,
  options: { readonly clock: Clock; readonly untilOffset: number; readonly isOver: () => boolean },
): AsyncGenerator<OffsetsRecord> {
  const { clock, untilOffset } = options
  for (let offset = 0; offset < untilOffset;) {
    const batches = await log.read(offset, { untilOffset, bytesMax: READ_BYTES })
    // What this broker took in as a follower may still be on its way into the file.
    if (batches.length === 0) await clock.sleep(PAUSE_MS)
    for (const batch of batches) {
      for (const record of readRecords(batch)) {
        offset = record.offset + 1
        const read = readOffsetsRecord(record)
        if (read !== undefined) yield read
      }
    }
  }
}

const READ_BYTES = 5 * 1024 * 1024
const PAUSE_MS = 10
