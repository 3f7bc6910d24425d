// Many seeds on all cores: each child process runs many of them, one after the other, and a share of them is run once more
// in a fresh process to hold its hash against.

import { compareRecords, describeComparison } from '../reports/compare-records.ts'
import type { RunRecord, VerdictKind } from '../reports/run-record.ts'
import { runInFreshProcess, startRunPool } from './run-pool.ts'
import type { RunJob } from './run-worker.ts'

export interface SweepOptions {
  readonly processes: number
  /** Every so many runs one is run again in a fresh process; 0: none. */
  readonly verifyEvery: number
  /** Called as runs end, in the order in which they end. */
  onRun(run: SweptRun): void
  /** Asked before each run is begun; what is not begun is not run. */
  mayBegin?(): boolean
  /** Ends the sweep at once: runs that are under way are not in the result. */
  readonly signal?: AbortSignal
}

export interface SweptRun {
  readonly job: RunJob
  /** The verdict's kind; `harness-failed` also where the process of the run failed or a second run differed. */
  readonly outcome: VerdictKind
  readonly sentence: string
  readonly record: RunRecord | undefined
  readonly realMs: number
  readonly isVerified: boolean
}

/** The runs that were begun and ended, in the order of `jobs`. */
export async function sweep(jobs: readonly RunJob[], options: SweepOptions): Promise<readonly SweptRun[]> {
  const { signal } = options
  const isOver = (): boolean => signal?.aborted === true
  const pool = startRunPool(options.processes)
  const runs: SweptRun[] = []
  let next = 0

  const lane = async (): Promise<void> => {
    while (next < jobs.length && !isOver() && (options.mayBegin?.() ?? true)) {
      const index = next++
      const job = jobs[index]
      if (job === undefined) return
      const isVerified = options.verifyEvery > 0 && index % options.verifyEvery === 0
      const run = toRun(job, await pool.run(job))
      const result = isVerified && run.record !== undefined ? await verify(run, run.record, signal) : run
      if (isOver()) return
      runs[index] = result
      options.onRun(result)
    }
  }

  signal?.addEventListener('abort', () => pool.close())
  try {
    await Promise.all(Array.from({ length: options.processes }, lane))
  } finally {
    pool.close()
  }
  return runs.filter(run => run !== undefined)
}

function toRun(job: RunJob, reply: Awaited<ReturnType<typeof runInFreshProcess>>): SweptRun {
  switch (reply.kind) {
    case 'done': {
      const { kind, sentence } = reply.record.verdict
      return { job, outcome: kind, sentence, record: reply.record, realMs: reply.realMs, isVerified: false }
    }
    case 'failed':
      return {
        job,
        outcome: 'harness-failed',
        sentence: reply.message,
        record: undefined,
        realMs: 0,
        isVerified: false,
      }
  }
}

async function verify(run: SweptRun, record: RunRecord, signal?: AbortSignal): Promise<SweptRun> {
  const again = await runInFreshProcess(run.job, signal)
  if (again.kind === 'failed') return { ...run, outcome: 'harness-failed', sentence: again.message, isVerified: true }
  const comparison = compareRecords(record, again.record)
  if (comparison.kind === 'same') return { ...run, isVerified: true }
  const sentence = `a second run in a fresh process was another run: ${describeComparison(comparison)}`
  return { ...run, outcome: 'harness-failed', sentence, isVerified: true }
}
