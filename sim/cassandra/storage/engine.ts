// The storage engine: what happens to tables when, and that writing ends when the disk fails.

import type { Runtime } from '../../../system/runtime/runtime.ts'
import type { Fragment } from '../data/fragment.ts'
import { isEmptyFragment } from '../data/fragment.ts'
import { sizeOfMutation } from './commit-log-record.ts'
import type { CommitLog } from './commit-log.ts'
import { compact } from './compaction.ts'
import type { FileNumbers } from './file-names.ts'
import { flushMemtables } from './flush.ts'
import type { Flushing } from './flush.ts'
import { OneAtATime } from './one-at-a-time.ts'
import { placeOf } from './place.ts'
import { tableOf } from './recover.ts'
import { chooseTier } from './size-tiers.ts'
import type { SortedFile } from './sorted-file.ts'
import type { StorageEngine, Write } from './storage-engine.ts'
import { StorageError } from './storage-error.ts'
import type { ScanRange, Table } from './table.ts'

export interface EngineParts {
  readonly directory: string
  readonly log: CommitLog
  readonly tables: Map<string, Table>
  readonly numbers: FileNumbers
  /** In memory from the start, and in the commit log. */
  readonly replayedBytes: number
  readonly mutationBytesMax: number
  readonly memtableBytesMax: number
  readonly commitLogBytesMax: number
  readonly onFailure: ((error: StorageError) => void) | undefined
}

export class Engine implements StorageEngine {
  readonly #runtime: Pick<Runtime, 'disk' | 'clock' | 'log'>
  readonly #parts: EngineParts
  readonly #gcGraceSeconds = new Map<string, number>()
  readonly #flushes = new OneAtATime()
  readonly #compactions = new OneAtATime()
  /** Of what is in memory and not on its way to a file. */
  #memoryBytes: number
  /** A flush that was asked for and has not begun: it will take all that is written until it does. */
  #flushToCome: Promise<void> | undefined
  /** A flush that has begun. */
  #flushUnderWay: PromiseWithResolvers<void> | undefined
  #refusal: StorageError | undefined
  #isStopped = false

  constructor(runtime: Pick<Runtime, 'disk' | 'clock' | 'log'>, parts: EngineParts) {
    this.#runtime = runtime
    this.#parts = parts
    this.#memoryBytes = parts.replayedBytes
  }

  apply(writes: readonly Write[]): Promise<void> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal)
    const bytes = sizeOfMutation(writes)
    const { log, mutationBytesMax } = this.#parts
    if (bytes <= mutationBytesMax) return log.add(writes, bytes)
    const message = `Mutation of ${bytes} bytes is too large for the maximum size of ${mutationBytesMax}`
    return Promise.reject(new StorageError('too-large', message))
  }

  async read(table: string, key: Uint8Array): Promise<Fragment | undefined> {
    this.#mayRead()
    try {
      return await this.#parts.tables.get(table)?.read(placeOf(key))
    } catch (error) {
      throw this.#readFailed(error)
    }
  }

  async scan(table: string, range: ScanRange, limit: number): Promise<readonly Fragment[]> {
    this.#mayRead()
    try {
      return (await this.#parts.tables.get(table)?.scan(range, limit)) ?? []
    } catch (error) {
      throw this.#readFailed(error)
    }
  }

  flush(): Promise<void> {
    return (this.#flushToCome ??= this.#flushes.run(() => this.#flush()))
  }

  /** All files of the table become one, as by `nodetool compact`. */
  compact(table: string): Promise<void> {
    return this.#compactions.run(async () => {
      const files = this.#parts.tables.get(table)?.files ?? []
      if (files.length > 0) await this.#compact(table, files)
    })
  }

  drop(table: string): Promise<void> {
    return this.#flushes.run(() => this.#compactions.run(() => this.#drop(table)))
  }

  setGcGrace(table: string, seconds: number): void {
    this.#gcGraceSeconds.set(table, seconds)
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    const { log, tables } = this.#parts
    if (this.#refusal === undefined) {
      const stopped = log.stop()
      this.#refusal = new StorageError('stopped', 'the storage engine was stopped')
      await stopped
    }
    await this.#flushes.run(() => Promise.resolve())
    await this.#compactions.run(() => Promise.resolve())
    for (const table of tables.values()) for (const file of table.files) await file.close()
  }

  /** For the commit log: the mutations are as durable as they must be. */
  applied(mutations: readonly (readonly Write[])[], bytes: number): void {
    const { tables, log, memtableBytesMax, commitLogBytesMax } = this.#parts
    for (const writes of mutations) {
      for (const { table, fragment } of writes) if (!isEmptyFragment(fragment)) tableOf(tables, table).add(fragment)
    }
    this.#memoryBytes += bytes
    if (this.#memoryBytes > memtableBytesMax || log.bytes > commitLogBytesMax) this.#flushSoon()
  }

  /** For the commit log: undefined if memory has room, else when it will have. */
  room(): Promise<void> | undefined {
    return this.#memoryBytes > this.#parts.memtableBytesMax ? this.#flushUnderWay?.promise : undefined
  }

  /** The disk has failed: nothing is written any more. Reading goes on as far as it goes. */
  failed(cause: unknown): StorageError {
    if (this.#refusal !== undefined) return this.#refusal
    const reason = cause instanceof Error ? cause.message : String(cause)
    const error = new StorageError('disk-failed', `the disk failed: ${reason}`, { cause })
    this.#refusal = error
    this.#runtime.log.write('error', 'disk failed, writes are refused', { error: reason })
    this.#parts.log.refuse(error)
    this.#parts.onFailure?.(error)
    return error
  }

  async #flush(): Promise<void> {
    const { log, tables, directory, numbers } = this.#parts
    const flushing: Flushing[] = []
    try {
      let last = 0
      await log.roll(number => {
        last = number
        this.#flushToCome = undefined
        for (const table of tables.values()) {
          const memtable = table.startFlush()
          if (memtable !== undefined) flushing.push({ table, memtable })
        }
        this.#memoryBytes = 0
        this.#flushUnderWay = Promise.withResolvers()
      })
      const files = await flushMemtables(this.#runtime.disk, { directory, numbers }, flushing)
      await log.removeThrough(last)
      // Only now may they be compacted: a tombstone must not go as long as what it hides is in the commit log.
      for (const { table, file } of files) table.endFlush(file)
    } catch (error) {
      throw this.failed(error)
    } finally {
      this.#flushToCome = undefined
      this.#flushUnderWay?.resolve()
      this.#flushUnderWay = undefined
    }
    for (const { table } of flushing) this.#compactSoon(table)
  }

  #flushSoon(): void {
    // A failure has been told to whom it concerns.
    this.flush().catch(() => undefined)
  }

  #compactSoon(table: Table): void {
    const done = this.#compactions.run(async () => {
      for (;;) {
        const inputs = this.#refusal === undefined ? chooseTier(table.files) : undefined
        if (inputs === undefined) return
        await this.#compact(table.name, inputs)
      }
    })
    done.catch(() => undefined)
  }

  async #compact(name: string, inputs: readonly SortedFile[]): Promise<void> {
    const { tables, directory, numbers } = this.#parts
    const gcGraceSeconds = this.#gcGraceSeconds.get(name) ?? GC_GRACE_SECONDS
    try {
      await compact(this.#runtime, { directory, numbers }, { table: tableOf(tables, name), inputs, gcGraceSeconds })
    } catch (error) {
      if (!(error instanceof StorageError)) throw this.failed(error)
      this.#runtime.log.write('error', 'compaction failed', { table: name, error: error.message })
      throw error
    }
  }

  async #drop(name: string): Promise<void> {
    const { log, tables, numbers, directory } = this.#parts
    let files: readonly SortedFile[] = []
    try {
      await log.addDrop({ kind: 'drop', table: name, filesBelow: numbers.next() }, () => {
        files = tables.get(name)?.files ?? []
        tables.delete(name)
      })
      for (const file of files) await file.remove()
      await this.#runtime.disk.syncDirectory(directory)
    } catch (error) {
      throw this.failed(error)
    }
  }

  #mayRead(): void {
    if (this.#isStopped) throw new StorageError('stopped', 'the storage engine was stopped')
  }

  /** A damaged file fails the reads that need it; a disk that does not read fails the node. */
  #readFailed(error: unknown): unknown {
    if (!(error instanceof StorageError)) return this.failed(error)
    this.#runtime.log.write('error', 'read failed', { error: error.message })
    return error
  }
}

/** Cassandra's default: ten days. */
const GC_GRACE_SECONDS = 864_000
