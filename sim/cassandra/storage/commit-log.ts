// The commit log: what is in memory is here first. Mutations that come in one moment, or in one window, share an append
// and a sync.

import type { Runtime } from '../../../system/runtime/runtime.ts'
import type { CommitLogRecord } from './commit-log-record.ts'
import { writeRecord } from './commit-log-record.ts'
import type { ByteWriter } from '../wire/byte-writer.ts'
import { PeriodicSync } from './periodic-sync.ts'
import type { Segment, SegmentOptions } from './segments.ts'
import { Segments } from './segments.ts'
import type { CommitLogSync, Write } from './storage-engine.ts'
import { StorageError } from './storage-error.ts'
import { SyncTicks } from './sync-ticks.ts'

export interface CommitLogOptions extends SegmentOptions {
  readonly mode: CommitLogSync
  /** Between two syncs: the period of `periodic`, the window of `group`. */
  readonly everyMs: number
  /** Puts mutations into memory, as soon as they are as durable as the mode wants them. */
  readonly apply: (mutations: readonly (readonly Write[])[], bytes: number) => void
  /** When memory will have room, if it has none now: the log waits for it. */
  readonly room: () => Promise<void> | undefined
  readonly onFailure: (error: unknown) => void
}

/** What waits in the queue. Only the last batch grows. */
type Item =
  | { readonly kind: 'batch'; readonly mutations: (readonly Write[])[]; bytes: number; readonly done: Done }
  | { readonly kind: 'roll'; readonly between: (last: number) => void; readonly done: Done }
  | { readonly kind: 'drop'; readonly record: CommitLogRecord; readonly between: () => void; readonly done: Done }
  | { readonly kind: 'end'; readonly done: Done }

type Batch = Extract<Item, { kind: 'batch' }>
type Done = PromiseWithResolvers<void>

export class CommitLog {
  readonly #options: CommitLogOptions
  readonly #segments: Segments
  readonly #windows: SyncTicks
  readonly #periodic: PeriodicSync
  #queue: Item[] = []
  #isWriting = false
  #refusal: StorageError | undefined

  constructor(clock: Runtime['clock'], options: CommitLogOptions, segments: Segments) {
    const { everyMs, onFailure } = options
    this.#options = options
    this.#segments = segments
    this.#windows = new SyncTicks(clock, everyMs)
    this.#periodic = new PeriodicSync(clock, { everyMs, log: segments, onFailure })
  }

  /** `closed` are the segments of earlier processes, whose records have been replayed. */
  static async start(
    runtime: Pick<Runtime, 'disk' | 'clock'>,
    options: CommitLogOptions,
    closed: readonly Segment[],
  ): Promise<CommitLog> {
    return new CommitLog(runtime.clock, options, await Segments.open(runtime.disk, options, closed))
  }

  /** Of all segments. */
  get bytes(): number {
    return this.#segments.bytes
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

  /**
   * Begins a new segment. `between` is told the number of the one before, at a moment when all that is in that and in
   * older ones has been applied, and nothing that comes in later ones.
   */
  roll(between: (last: number) => void): Promise<void> {
    return this.#enqueue({ kind: 'roll', between, done: Promise.withResolvers() })
  }

  /** Resolves when the record is durable, in any mode. `between` comes after all writes before it, before all after it. */
  addDrop(record: CommitLogRecord, between: () => void): Promise<void> {
    return this.#enqueue({ kind: 'drop', record, between, done: Promise.withResolvers() })
  }

  /** Nobody needs the segments up to that number. */
  removeThrough(number: number): Promise<void> {
    return this.#segments.removeThrough(number)
  }

  /** Rejects all that waits, and all that comes. */
  refuse(error: StorageError): void {
    this.#refusal ??= error
    this.#periodic.stop()
    const waiting = this.#queue
    this.#queue = []
    for (const { done } of waiting) done.reject(this.#refusal)
  }

  /** Resolves when all that was added before is durable. */
  stop(): Promise<void> {
    return this.#enqueue({ kind: 'end', done: Promise.withResolvers() })
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
    if (this.#options.mode === 'group') this.#windows.next(() => void this.#writeQueue())
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
      await this.#act(item)
      item.done.resolve()
    }
    await this.#settle(written)
  }

  async #append({ mutations, bytes }: Batch): Promise<void> {
    await this.#options.room()
    await this.#periodic.lag()
    const records = mutations.map(writes => (writer: ByteWriter) => writeRecord(writer, { kind: 'mutation', writes }))
    await this.#segments.append(records, bytes)
  }

  /** The batches are in the log: makes them as durable as they must be, and lets them be seen. */
  async #settle(batches: readonly Batch[]): Promise<void> {
    if (batches.length === 0) return
    if (this.#options.mode === 'periodic') this.#periodic.plan()
    else await this.#segments.sync()
    for (const { mutations, bytes, done } of batches) {
      this.#options.apply(mutations, bytes)
      done.resolve()
    }
  }

  async #act(item: Exclude<Item, Batch>): Promise<void> {
    switch (item.kind) {
      case 'roll':
        item.between(await this.#segments.next())
        return
      case 'drop':
        await this.#segments.append([writer => writeRecord(writer, item.record)], 0)
        await this.#segments.sync()
        item.between()
        return
      case 'end':
        this.#refusal = new StorageError('stopped', 'the storage engine was stopped')
        this.#periodic.stop()
        await this.#segments.close()
    }
  }
}
