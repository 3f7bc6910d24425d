// The stream worker: applies the partitions of the log that are ours, each from where its progress says.

import type { BatchContext, LogRecord, LogWorker } from '../queue/log-worker.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { BlockWriter } from '../store/block-store.ts'
import type { LogBounds } from './log-bounds.ts'
import { PartitionRun } from './partition-run.ts'

export interface StreamDependencies {
  readonly runtime: Runtime
  readonly store: BlockWriter
  readonly bounds: LogBounds
  /** Called after a range is visible; for lag displays only. `offset`: of the next record. */
  readonly committed: (partition: number, offset: number) => void
}

/** `log`: the number of the log that the records come from. */
export interface StreamOptions {
  readonly log: number
  readonly rangeMs: number
  readonly rangeBytes: number
}

/** What is under way ends with the assignment; `stop` waits for it. */
export interface StreamWorker extends LogWorker {
  stop(): Promise<void>
}

export function streamWorker(dependencies: StreamDependencies, options: StreamOptions): StreamWorker {
  return new Worker(dependencies, options)
}

class Worker implements StreamWorker {
  readonly #dependencies: StreamDependencies
  readonly #options: StreamOptions
  readonly #runs = new Map<number, PartitionRun>()
  readonly #catalog = new Set<string>()

  constructor(dependencies: StreamDependencies, options: StreamOptions) {
    this.#dependencies = dependencies
    this.#options = options
  }

  async start(partition: number): Promise<number> {
    const before = this.#runs.get(partition)
    before?.end()
    const run = new PartitionRun(this.#dependencies, {
      ...this.#options,
      partition,
      catalog: this.#catalog,
      isAfterSilence: before?.isSilent ?? false,
    })
    this.#runs.set(partition, run)
    // What the run before had under way says nothing false, but its progress would come after we have read it.
    await before?.settled()
    return run.start()
  }

  async take(partition: number, records: readonly LogRecord[], _context: BatchContext): Promise<void> {
    await this.#runs.get(partition)?.take(records)
  }

  end(partition: number): void {
    this.#runs.get(partition)?.end()
  }

  async stop(): Promise<void> {
    const runs = [...this.#runs.values()]
    for (const run of runs) run.end()
    await Promise.all(runs.map(run => run.settled()))
  }
}
