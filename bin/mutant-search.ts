// Searches the seeds for the first whose run catches a planted bug.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mutant } from '../test/mutants/mutant.ts'
import { patched } from '../sim/kernel/source-patch.ts'
import { formatAddress, parseAddress } from '../scenarios/address.ts'
import { PROJECT_ROOT } from './project-root.ts'
import { runInFreshProcess } from './run-pool.ts'
import type { RunJob } from './run-worker.ts'
import { sweep } from './sweep.ts'
import type { SweptRun } from './sweep.ts'
import type { SeedRange } from './wrong-use.ts'

export interface SearchOptions {
  readonly seeds: SeedRange
  readonly processes: number
  readonly commit: string
  /** Called as runs end. */
  onRun?(run: SweptRun): void
}

export type SearchResult =
  | { readonly kind: 'caught'; readonly run: SweptRun; readonly tried: number }
  | { readonly kind: 'survived'; readonly tried: number }
  /** The harness failed in a run before any that caught it: no seed after that counts. */
  | { readonly kind: 'failed'; readonly run: SweptRun; readonly tried: number }

/**
 * The first seed in order, however many processes there are, whose run fails with the bug and is as expected without it.
 * Throws Error if a patch no longer fits.
 */
export async function searchMutant(mutant: Mutant, options: SearchOptions): Promise<SearchResult> {
  checkPatches(mutant)
  const { seeds, commit } = options
  const base = parseAddress(mutant.caughtBy)
  const jobs = Array.from({ length: seeds.last - seeds.first + 1 }, (_, index) => {
    return { address: formatAddress({ ...base, seed: seeds.first + index }), commit, mutant: mutant.name }
  })
  for (let from = 0; ;) {
    const runs = await untilFailure(jobs.slice(from), options)
    // Runs are begun in the order of their seeds, so all before the first that failed have ended, too.
    const first = runs.findIndex(isFailure)
    const run = runs[first]
    if (run === undefined) return { kind: 'survived', tried: jobs.length }
    from += first + 1
    if (!isCaught(run)) return { kind: 'failed', run, tried: from }
    const sound = await runInFreshProcess({ address: run.job.address, commit })
    if (sound.kind === 'done' && sound.record.verdict.kind === 'as-expected')
      return { kind: 'caught', run, tried: from }
  }
}

export function isCaught({ outcome }: Pick<SweptRun, 'outcome'>): boolean {
  return outcome === 'broken' || outcome === 'goal-missed'
}

/** Before a hundred runs are spent on a bug that is not there. */
export function checkPatches(mutant: Mutant): void {
  const texts = new Map<string, string>()
  for (const patch of mutant.patches) {
    const text = texts.get(patch.file) ?? readFileSync(join(PROJECT_ROOT, patch.file), 'utf8')
    texts.set(patch.file, patched(text, patch))
  }
}

function untilFailure(jobs: readonly RunJob[], options: SearchOptions): Promise<readonly SweptRun[]> {
  let isOver = false
  return sweep(jobs, {
    processes: options.processes,
    verifyEvery: 0,
    mayBegin: () => !isOver,
    onRun(run) {
      if (isFailure(run)) isOver = true
      options.onRun?.(run)
    },
  })
}

function isFailure(run: SweptRun): boolean {
  return isCaught(run) || run.outcome === 'harness-failed'
}
