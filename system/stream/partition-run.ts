// One assignment of one partition: finds the cursor, checks that the log is still the one that was applied, collects ranges
// and makes them visible, one after the other.

import type { LogRecord } from '../queue/log-worker.ts'
import type { Timer } from '../runtime/clock.ts'
import { errorText } from '../runtime/error-text.ts'
import type { LaneTable, Progress, RecordMark } from '../store/progress.ts'
import { commitRange } from './commit-range.ts'
import type { Persist } from './commit-range.ts'
import { markOf, packRange } from './pack-range.ts'
import type { PackedRange } from './pack-range.ts'
import type { StreamDependencies, StreamOptions } from './worker.ts'

export interface RunOptions extends StreamOptions {
  readonly partition: number
  /** Catalog rows that this process knows to be written. */
  readonly catalog: Set<string>
  /** The run before this one was given no record at all, so the log may not be where progress says. */
  readonly isAfterSilence: boolean
}

export class PartitionRun {
  readonly #dependencies: StreamDependencies
  readonly #options: RunOptions
  readonly #over = new AbortController()
  /** What must stand right before the first record to apply. */
  #expected: { readonly offset: number; readonly mark: RecordMark } | undefined
  #from = 0
  #lanes: LaneTable = []
  #pending: LogRecord[] = []
  #pendingBytes = 0
  #timer: Timer | undefined
  #flushing: Promise<void> | undefined
  #isHalted = false
  #hasRecords = false

  constructor(dependencies: StreamDependencies, options: RunOptions) {
    this.#dependencies = dependencies
    this.#options = options
  }

  /** Not one record was given to it. */
  get isSilent(): boolean {
    return !this.#hasRecords
  }

  /** The offset to read from: of the record before the cursor where there is one, so that it can be checked. */
  async start(): Promise<number> {
    const { store, bounds } = this.#dependencies
    const { log, partition } = this.#options
    const saved = await store.readProgress({ log, partition })
    if (saved === undefined) {
      // A log that follows a truncated one has records that were applied from there: its lanes still count.
      const predecessor = log > 0 ? await store.readProgress({ log: log - 1, partition }) : undefined
      this.#from = (await bounds.read(partition)).earliest
      this.#lanes = predecessor?.lanes ?? []
      return this.#from
    }
    this.#from = saved.from
    this.#lanes = saved.lanes
    if (this.#options.isAfterSilence) {
      const start = await this.#startAfterSilence(saved)
      if (start !== undefined) return start
    }
    this.#expected = { offset: saved.end - 1, mark: saved.last }
    return saved.end - 1
  }

  /** Resolves when the next records may come: at once, or when there is room again. */
  async take(records: readonly LogRecord[]): Promise<void> {
    this.#hasRecords = true
    const [first, ...rest] = records
    if (this.#isOver || this.#isHalted || first === undefined) return
    if (this.#expected === undefined) return this.#collect(records)
    if (!this.#isAsExpected(first, this.#expected)) return
    this.#expected = undefined
    await this.#collect(rest)
  }

  /** Nothing new is begun; what is under way may still finish, which is harmless. */
  end(): void {
    this.#over.abort(new Error('the partition is no longer assigned'))
    this.#timer?.cancel()
    this.#timer = undefined
    this.#pending = []
    this.#pendingBytes = 0
  }

  /** Resolves when nothing of it is under way. */
  async settled(): Promise<void> {
    await this.#flushing
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted
  }

  /** Where to go on when retention has removed the record before the cursor; undefined: as usual. */
  async #startAfterSilence(saved: Progress): Promise<number | undefined> {
    const { runtime, bounds } = this.#dependencies
    const { partition } = this.#options
    const { earliest, end } = await bounds.read(partition)
    if (end < saved.end) {
      throw new Error(
        `the log ends at ${end}, before the cursor ${saved.end}: if this stays, it was truncated; ${this.#act()}`,
      )
    }
    if (earliest < saved.end) return undefined
    if (earliest > saved.end) {
      runtime.log.count('records_lost_to_retention', earliest - saved.end)
      runtime.log.write('error', 'records lost to retention', { partition, start: saved.end, end: earliest })
    }
    return earliest
  }

  /** If the log says something else there, its end was cut off and written anew: our offsets mean other records. */
  #isAsExpected(record: LogRecord, expected: { readonly offset: number; readonly mark: RecordMark }): boolean {
    const { runtime } = this.#dependencies
    const found = markOf(record)
    const { offset, mark } = expected
    if (record.offset === offset && found.writer === mark.writer && found.n === mark.n) return true
    this.#isHalted = true
    runtime.log.gauge('stream_partition_halted', 1, { partition: String(this.#options.partition) })
    runtime.log.write('error', 'log was truncated: partition stopped', {
      ...{ partition: this.#options.partition, offset: record.offset, expectedOffset: offset },
      ...{ expectedWriter: mark.writer, expectedN: mark.n, foundWriter: found.writer, foundN: found.n },
      act: this.#act(),
    })
    return false
  }

  /** What an operator must do about a truncated log. */
  #act(): string {
    return `register log ${this.#options.log + 1} as its next generation and start the workers with it`
  }

  async #collect(records: readonly LogRecord[]): Promise<void> {
    for (const record of records) {
      this.#pending.push(record)
      this.#pendingBytes += record.value.length
    }
    if (this.#pendingBytes >= this.#options.rangeBytes) await this.#flush()
    else this.#arm(this.#options.rangeMs)
  }

  #arm(delayMs: number): void {
    if (this.#timer !== undefined || this.#isOver || this.#pending.length === 0) return
    this.#timer = this.#dependencies.runtime.clock.setTimer(delayMs, () => {
      this.#timer = undefined
      void this.#flush()
    })
  }

  /** Applies what is pending, one range after the other. Never rejects. */
  #flush(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#flushing ??= this.#applyPending().finally(() => {
      this.#flushing = undefined
      this.#arm(this.#options.rangeMs)
    })
    return this.#flushing
  }

  async #applyPending(): Promise<void> {
    do {
      const records = this.#nextRange()
      if (records.length === 0) return
      try {
        await this.#apply(records)
      } catch (error) {
        if (this.#isOver) return
        // Ours, not the world's: the range goes on being tried, so that it is seen and nothing is passed over.
        this.#dependencies.runtime.log.write('error', 'range failed', {
          ...{ partition: this.#options.partition, start: records[0]?.offset },
          error: errorText(error),
        })
        this.#pending = [...records, ...this.#pending]
        this.#pendingBytes += bytesOf(records)
        return
      }
    } while (this.#pendingBytes >= this.#options.rangeBytes)
  }

  #nextRange(): readonly LogRecord[] {
    let bytes = 0
    let count = 0
    while (count < this.#pending.length && bytes < this.#options.rangeBytes)
      bytes += this.#pending[count++]!.value.length
    const records = this.#pending.slice(0, count)
    this.#pending = this.#pending.slice(count)
    this.#pendingBytes -= bytes
    return records
  }

  async #apply(records: readonly LogRecord[]): Promise<void> {
    const { runtime, store, committed } = this.#dependencies
    const { log, partition, catalog } = this.#options
    const place = { log, partition }
    const [first, last] = [records[0]!.offset, records.at(-1)!.offset]
    runtime.log.write('debug', 'range begun', { partition, start: first, end: last + 1, records: records.length })
    const costMicros = PACK_MICROS + bytesOf(records) * PACK_MICROS_PER_BYTE
    const range = await runtime.cpu.run({ name: 'pack range', costMicros }, packRange, place, records, this.#lanes)
    this.#report(range)
    await commitRange({ log: runtime.log, store, place, range, from: this.#from, catalog, persist: this.#persist })
    this.#lanes = range.lanes
    runtime.log.count('events_applied', range.events)
    runtime.log.write('info', 'range committed', {
      ...{ partition, start: range.start, end: range.end, events: range.events },
      blocks: range.groups.reduce((sum, group) => sum + group.blocks.length, 0),
    })
    committed(partition, range.end)
  }

  #report(range: PackedRange): void {
    const { log } = this.#dependencies.runtime
    const { partition } = this.#options
    for (const { offset, writer, n } of range.repeats) {
      log.count('records_repeated')
      log.write('info', 'duplicate dropped', { partition, offset, writer, n })
    }
    for (const { offset, index, reason } of range.poison) {
      log.count(index === undefined ? 'records_quarantined' : 'events_quarantined')
      log.write('error', index === undefined ? 'record quarantined' : 'event quarantined', {
        ...{ partition, offset, index, reason },
      })
    }
  }

  /** For ever, while the partition is ours. */
  readonly #persist: Persist = async (what, write) => {
    const { runtime } = this.#dependencies
    for (let failures = 0; ; failures++) {
      this.#over.signal.throwIfAborted()
      try {
        await write()
        return
      } catch (error) {
        runtime.log.count('store_writes_failed', 1, { what })
        runtime.log.write('warn', 'write failed', {
          ...{ partition: this.#options.partition, what, failures: failures + 1 },
          error: errorText(error),
        })
      }
      await runtime.clock.sleep(Math.min(PAUSE_MIN_MS * 2 ** failures, PAUSE_MAX_MS), this.#over.signal)
    }
  }
}

function bytesOf(records: readonly LogRecord[]): number {
  return records.reduce((sum, record) => sum + record.value.length, 0)
}

const PAUSE_MIN_MS = 100
const PAUSE_MAX_MS = 5_000

/** Measured with events of 400 bytes and 20 properties: about 20 µs each. */
const PACK_MICROS = 200
const PACK_MICROS_PER_BYTE = 0.05
