// What an operator may set of one node. Defaults are Cassandra's, where Cassandra has the same setting.

import type { CommitLogSync } from './storage/storage-engine.ts'

export interface NodeSettings {
  readonly commitLogSync: CommitLogSync
  readonly commitLogSyncPeriodMs: number
  readonly commitLogSyncGroupWindowMs: number
  readonly memtableBytesMax: number
  readonly writeTimeoutMs: number
  readonly readTimeoutMs: number
  /** Of scans. */
  readonly rangeTimeoutMs: number
  readonly truncateTimeoutMs: number
  /** A read asks one more replica when its answers are so late. Cassandra's default is the 99th percentile of the table. */
  readonly speculativeRetryMs: number
  readonly connectTimeoutMs: number
  readonly gossipIntervalMs: number
  /** A node is believed dead when its silence is this unlikely. */
  readonly phiConvictThreshold: number
  /** No hints for a node that has been dead for longer. */
  readonly hintWindowMs: number
  readonly hintThrottleBytesPerSecond: number
  /** How long a node that is back waits for its hints. Cassandra looks every ten seconds; until then the node reads stale. */
  readonly hintDelayMs: number
  /** How often hints are tried that could not be delivered. */
  readonly hintRetryMs: number
  /** Of a batch over several partitions. */
  readonly batchWarnBytes: number
  readonly batchFailBytes: number
  /** All files of the node are below it. */
  readonly directory: string
}

export const NODE_DEFAULTS: NodeSettings = {
  commitLogSync: 'periodic',
  commitLogSyncPeriodMs: 10_000,
  commitLogSyncGroupWindowMs: 10,
  memtableBytesMax: 32 * 1024 * 1024,
  writeTimeoutMs: 2_000,
  readTimeoutMs: 5_000,
  rangeTimeoutMs: 10_000,
  truncateTimeoutMs: 60_000,
  speculativeRetryMs: 50,
  connectTimeoutMs: 2_000,
  gossipIntervalMs: 1_000,
  phiConvictThreshold: 8,
  hintWindowMs: 3 * 3_600_000,
  hintThrottleBytesPerSecond: 1024 * 1024,
  hintDelayMs: 1_000,
  hintRetryMs: 10_000,
  batchWarnBytes: 5 * 1024,
  batchFailBytes: 50 * 1024,
  directory: 'cassandra',
}
