// The commit log: what is in memory is here first. Mutations that come in one moment, or in one window, share an append
// and a sync. A segment file goes when all that it holds is in sorted files.

import type { Runtime } from '../../../system/runtime/runtime.ts'
import type { CommitLogRecord } from './commit-log-record.ts'
import { writeRecord } from './commit-log-record.ts'
import type { FileNumbers } from './file-names.ts'
import { segmentPath } from './file-names.ts'
import type { RecordLog } from './record-log.ts'
import { openRecordLog } from './record-log.ts'
import type { CommitLogSync, Write } from './storage-engine.ts'
import { StorageError } from './storage-error.ts'
import { SyncTicks } from './sync-ticks.ts'

export interface CommitLogOptions {
  readonly directory: string
  readonly mode: CommitLogSync
  /** Between two syncs: the period of `periodic`, the window of `group`. */
  readonly everyMs: number
  readonly segmentBytes: number
  readonly numbers: FileNumbers
  /** Puts writes into memory, as soon as they are as durable as the mode wants them. */
  readonly apply: (mutations: readonly (readonly Write[])[], bytes: number) => void
  /** Whether memory has no room now; the log waits for it. */
  readonly room: () => Promise<void> | undefined
  readonly onFailure: (error: unknown) => void
}

export interface Segment {
  readonly number: number
  readonly bytes: number
}

/** What waits in the queue. Only the last batch grows. */
type Item =
  | { readonly kind: 'batch'; readonly mutations: (readonly Write[])[]; bytes: number; readonly done: Done }
  /** A new segment begins; `between` sees all that is in the older ones applied, and nothing of what comes in later ones. */
  | { readonly kind: 'roll'; readonly between: () => void; readonly done: Done }
  | { readonly kind: 'drop'; readonly record: CommitLogRecord; readonly between: () => void; readonly done: Done }
  | { readonly kind: 'end'; readonly done: Done }

type Batch = Extract<Item, { kind: 'batch' }>
type Done = PromiseWithResolvers<void>

export class CommitLog {
  readonly #runtime: Pick<Runtime, 'disk' | 'clock'>
  readonly #options: CommitLogOptions
  readonly #ticks: SyncTicks
  #closed: Segment[]
  #number: number
  #current: RecordLog
  #queue: Item[] = []
  #isWriting = false
  /** Of `periodic`: a sync is to come, or under way. */
  #isSyncPlanned = false
  #syncing: { readonly sinceMs: number; readonly done: Promise<void> } | undefined
  #refusal: StorageError | undefined

  private constructor(
    runtime: Pick<Runtime, 'disk' | 'clock'>,
    options: CommitLogOptions,
    segments: { readonly closed: readonly Segment[]; readonly number: number; readonly current: RecordLog },
  ) {
    this.#runtime = runtime
    this.#options = options
    this.#closed = [...segments.closed]
    this.#number = segments.number
    this.#current = segments.current
    this.#ticks = new SyncTicks(runtime.clock, options.everyMs)
  }

  /** `closed` are the segments of earlier processes, whose records have been replayed. */
  static async start(
    runtime: Pick<Runtime, 'disk' | 'clock'>,
    options: CommitLogOptions,
    closed: readonly Segment[],
  ): Promise<CommitLog> {
    const number = options.numbers.next()
    const { log } = await openRecordLog(runtime.disk, segmentPath(options.directory, number))
    return new CommitLog(runtime, options, { closed, number, current: log })
  }

  /** Of all segments. */
  get bytes(): number {
    let bytes = this.#current.size
    for (const segment of this.#closed) bytes += segment.bytes
    return bytes
  }

  /** Resolves when the writes are applied. `bytes` is the size of their record. */
  add(writes: readonly Write[], bytes: number): Promise<void> {
    const last = this.#queue.at(-1)
    if (last?.kind === 'batch' && last.bytes + bytes <= this.#options.segmentBytes / 2) {
      last.mutations.push(writes)
      last.bytes += bytes
      return last.done.promise
    }
    return this.#enqueue({ kind: 'batch', mutations: [writes], bytes, done: Promise.withResolvers() })
  }

  /** Resolves with the number of the last segment that came before `between`. */
  async roll(between: () => void): Promise<number> {
    let last = 0
    const rolled = (): void => {
      last = this.#closed.at(-1)?.number ?? 0
      between()
    }
    await this.#enqueue({ kind: 'roll', between: rolled, done: Promise.withResolvers() })
    return last
  }

  /** Resolves when the record is durable, in any mode. `between` comes after all writes before it, before all after it. */
  addDrop(record: CommitLogRecord, between: () => void): Promise<void> {
    return this.#enqueue({ kind: 'drop', record, between, done: Promise.withResolvers() })
  }

  /** Nobody needs the closed segments up to that number. They go in their order, so that no gap is ever left. */
  async removeThrough(number: number): Promise<void> {
    for (let first = this.#closed[0]; first !== undefined && first.number <= number; first = this.#closed[0]) {
      this.#closed.shift()
      await this.#runtime.disk.remove(segmentPath(this.#options.directory, first.number))
    }
  }

  /** Rejects all that waits, and all that comes. */
  refuse(error: StorageError): void {
    this.#refusal ??= error
    const waiting = this.#queue
    this.#queue = []
    for (const { done } of waiting) done.reject(this.#refusal)
  }

  /** Resolves when all that was added before is durable. */
  async stop(): Promise<void> {
    await this.#enqueue({ kind: 'end', done: Promise.withResolvers() })
  }

  #enqueue(item: Item): Promise<void> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal)
    this.#queue.push(item)
    this.#plan()
    return item.done.promise
  }

  #plan(): void {
    if (this.#isWriting) return
    this.#isWriting = true
    if (this.#options.mode === 'group') this.#ticks.next(() => void this.#writeQueue())
    else void this.#writeQueue()
  }

  async #writeQueue(): Promise<void> {
    // What is asked for in the same moment shares the append.
    await Promise.resolve()
    const items = this.#queue
    this.#queue = []
    try {
      await this.#write(items)
    } catch (error) {
      this.#options.onFailure(error)
      for (const { done } of items) done.reject(this.#refusal ?? error)
    }
    this.#isWriting = false
    if (this.#queue.length > 0) this.#plan()
  }

  async #write(items: readonly Item[]): Promise<void> {
    const written: Batch[] = []
    for (const item of items) {
      if (item.kind === 'batch') {
        await this.#append(item)
        written.push(item)
        continue
      }
      await this.#settle(written.splice(0))
      if (item.kind === 'drop') await this.#current.append([writer => writeRecord(writer, item.record)])
      await this.#current.sync()
      if (item.kind === 'roll') await this.#openSegment()
      if (item.kind === 'end') await this.#end()
      else item.between()
      item.done.resolve()
    }
    await this.#settle(written)
  }

  async #append({ mutations, bytes }: Batch): Promise<void> {
    await this.#options.room()
    await this.#lag()
    if (this.#current.size > 0 && this.#current.size + bytes > this.#options.segmentBytes) {
      await this.#current.sync()
      await this.#openSegment()
    }
    await this.#current.append(
      mutations.map(writes => writer => writeRecord(writer, { kind: 'mutation', writes })),
      bytes,
    )
  }

  /** The batches are in the log: makes them as durable as they must be, and lets them be seen. */
  async #settle(batches: readonly Batch[]): Promise<void> {
    if (batches.length === 0) return
    if (this.#options.mode === 'periodic') this.#planSync()
    else await this.#current.sync()
    for (const { mutations, bytes, done } of batches) {
      this.#options.apply(mutations, bytes)
      done.resolve()
    }
  }

  /** The last segment is synced to its end before anything is in the next: only the last one can have a torn end. */
  async #openSegment(): Promise<void> {
    await this.#syncing?.done
    this.#closed.push({ number: this.#number, bytes: this.#current.size })
    await this.#current.close()
    this.#number = this.#options.numbers.next()
    const { log } = await openRecordLog(this.#runtime.disk, segmentPath(this.#options.directory, this.#number))
    this.#current = log
  }

  #planSync(): void {
    if (this.#isSyncPlanned) return
    this.#isSyncPlanned = true
    this.#ticks.next(() => {
      this.#syncing = { sinceMs: this.#runtime.clock.monotonicMs(), done: this.#syncNow() }
    })
  }

  async #syncNow(): Promise<void> {
    try {
      await this.#current.sync()
    } catch (error) {
      this.#options.onFailure(error)
    }
    this.#syncing = undefined
    this.#isSyncPlanned = false
    if (this.#refusal === undefined && !this.#current.isSynced) this.#planSync()
  }

  /** As Cassandra: when the last sync began one and a half periods ago and has not ended, writers wait for it. */
  async #lag(): Promise<void> {
    const syncing = this.#syncing
    if (syncing === undefined) return
    const late = this.#runtime.clock.monotonicMs() - syncing.sinceMs > this.#options.everyMs / 2
    if (late) await syncing.done
  }

  async #end(): Promise<void> {
    this.#refusal = new StorageError('stopped', 'the storage engine was stopped')
    this.#ticks.cancel()
    await this.#syncing?.done
    await this.#current.close()
  }
}
