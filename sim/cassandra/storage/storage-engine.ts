// What a node keeps: the commit log, memtables and sorted files behind one small interface.

import type { Runtime } from '../../../system/runtime/runtime.ts'
import type { Fragment } from '../data/fragment.ts'
import type { Token } from '../ring/murmur3.ts'
import { CommitLog } from './commit-log.ts'
import { Engine } from './engine.ts'
import { recover } from './recover.ts'
import type { StorageError } from './storage-error.ts'

export interface Write {
  /** `keyspace.table` */
  readonly table: string
  /** Made by `normalized` or `mergeFragments`. The engine keeps it, values and all: nobody may change it any more. */
  readonly fragment: Fragment
}

export interface StorageEngine {
  /**
   * Applied to memory, and as durable as the commit log's sync mode says, when it resolves. All writes of one call share
   * one record of the commit log: after a crash all of them are there, or none. Rejects with a StorageError.
   */
  apply(writes: readonly Write[]): Promise<void>
  /** What memory and files know of a partition, tombstones included; undefined when they know nothing. */
  read(table: string, key: Uint8Array): Promise<Fragment | undefined>
  /**
   * Partitions in token order (then key order) with a token after `after` (MIN_TOKEN: from the start), up to and including
   * `to`. About `limit` of them: partitions of one token are never parted, so that a scan can go on after the last
   * token of its answer. Fewer than `limit` only at the end of the range.
   */
  scan(
    table: string,
    range: { readonly after: Token; readonly to?: Token | undefined },
    limit: number,
  ): Promise<readonly Fragment[]>
  /** Memory goes to sorted files, and the commit log segments that held it go. */
  flush(): Promise<void>
  /** All files of a table become one, without the tombstones that nobody needs any more: `nodetool compact`. */
  compact(table: string): Promise<void>
  /** Forgets a table, its files and its records in the commit log; durable when it resolves. */
  drop(table: string): Promise<void>
  /** How long the tombstones of a table are kept at least. Cassandra's default of ten days until it is called. */
  setGcGrace(table: string, seconds: number): void
  /** Lets the writes under way finish and syncs the commit log. What is called later rejects. */
  stop(): Promise<void>
}

/**
 * When a write is acknowledged, as Cassandra's `commitlog_sync` says. A crash of the process never takes an acknowledged
 * write; a power loss takes what was not synced.
 * - `periodic`: once the operating system has it; synced every `commitLogSyncPeriodMs`.
 * - `batch`: once it is synced; writes that arrive during a sync share the next one.
 * - `group`: once it is synced; all writes of a window of `commitLogSyncGroupWindowMs` share one sync.
 */
export type CommitLogSync = 'periodic' | 'batch' | 'group'

export interface StorageOptions {
  /** All files are below it. Nobody else writes to its `commitlog` and `data`. */
  readonly directory: string
  readonly commitLogSync: CommitLogSync
  /** 10 s */
  readonly commitLogSyncPeriodMs?: number
  /** 10 ms */
  readonly commitLogSyncGroupWindowMs?: number
  /** 32 MiB. No mutation may be larger than half of it. */
  readonly commitLogSegmentBytes?: number
  /** The commit log may be so large before memory is flushed to shorten it: 128 MiB. */
  readonly commitLogBytesMax?: number
  /** Memory is flushed when it holds so many bytes: 32 MiB. */
  readonly memtableBytesMax?: number
  /** Called once, when the disk has failed and writes are refused: Cassandra's `disk_failure_policy: stop`. */
  readonly onFailure?: (error: StorageError) => void
}

/** Replays the commit log. Rejects with a StorageError if something is damaged that was durable. */
export async function openStorage(
  runtime: Pick<Runtime, 'disk' | 'clock' | 'log'>,
  options: StorageOptions,
): Promise<StorageEngine> {
  const { directory, commitLogSync, commitLogSegmentBytes = 32 * MIB } = options
  const { tables, segments, numbers, records } = await recover(runtime.disk, directory)
  const log = await CommitLog.start(
    runtime,
    {
      directory,
      mode: commitLogSync,
      everyMs:
        commitLogSync === 'group'
          ? (options.commitLogSyncGroupWindowMs ?? 10)
          : (options.commitLogSyncPeriodMs ?? 10_000),
      segmentBytes: commitLogSegmentBytes,
      numbers,
      apply: (mutations, bytes) => engine.applied(mutations, bytes),
      room: () => engine.room(),
      onFailure: error => void engine.failed(error),
    },
    segments,
  )
  const engine: Engine = new Engine(runtime, {
    directory,
    log,
    tables,
    numbers,
    replayedBytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
    mutationBytesMax: commitLogSegmentBytes / 2,
    memtableBytesMax: options.memtableBytesMax ?? 32 * MIB,
    commitLogBytesMax: options.commitLogBytesMax ?? 128 * MIB,
    onFailure: options.onFailure,
  })
  runtime.log.write('info', 'storage opened', { tables: tables.size, replayed: records })
  return engine
}

const MIB = 1 << 20
