// How fast a simulated disk is, how much it holds, and when it writes back by itself what nobody has synced.

import type { Latency } from '../network/latency.ts'

export interface SimDiskOptions {
  /** Bytes of all files together; what does not fit is refused with ENOSPC. */
  readonly capacityBytes?: number
  /** Of an append, a write or a truncation: into the page cache. */
  readonly write?: Latency
  /** Of a read: out of the page cache. */
  readonly read?: Latency
  /** Of a sync, beside its bytes. */
  readonly sync?: Latency
  /** Of opening, renaming, removing and listing. */
  readonly name?: Latency
  /** Data that was written so long ago is durable without a sync. Linux: dirty_expire_centisecs, 30 s. */
  readonly dataWriteBackMs?: number
  /** A name that was changed so long ago is durable without a sync of its directory. ext4: commit, 5 s. */
  readonly nameWriteBackMs?: number
}

/** Of a local NVMe drive. */
export const NVME: Required<SimDiskOptions> = {
  capacityBytes: Infinity,
  write: { minMicros: 5, maxMicros: 20, tailShare: 0.002, tailFactor: 50, bytesPerSecond: 2e9 },
  read: { minMicros: 4, maxMicros: 15, tailShare: 0.002, tailFactor: 30, bytesPerSecond: 4e9 },
  sync: { minMicros: 200, maxMicros: 400, tailShare: 0.01, tailFactor: 25, bytesPerSecond: 1e9 },
  name: { minMicros: 8, maxMicros: 30, tailShare: 0.002, tailFactor: 50 },
  dataWriteBackMs: 30_000,
  nameWriteBackMs: 5_000,
}
