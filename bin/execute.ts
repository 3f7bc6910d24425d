// Runs one address in this process and turns what comes out into what a report holds.

import { formatAddress } from '../scenarios/address.ts'
import type { RunAddress } from '../scenarios/address.ts'
import { runScenario } from '../scenarios/run.ts'
import type { RunResult } from '../scenarios/run-result.ts'
import type { TraceObserver } from '../sim/kernel/trace.ts'
import { RECORD_FORMAT } from '../reports/run-record.ts'
import type { RunRecord } from '../reports/run-record.ts'
import { mutantOf } from './planted-bug.ts'

export interface ExecuteOptions {
  /** Where the tree stands: it goes into the record. */
  readonly commit: string
  readonly untilEntry?: number | undefined
  readonly observer?: TraceObserver | undefined
  /** A bug to plant first. */
  readonly mutant?: string | undefined
}

export interface Executed {
  readonly record: RunRecord
  readonly result: RunResult
  readonly realMs: number
}

/** One at a time in a process. Rejects with a sentence of wrong use, or where the harness has a mistake that no verdict tells. */
export async function execute(address: RunAddress, options: ExecuteOptions): Promise<Executed> {
  const { untilEntry, observer, mutant } = options
  const startedMs = performance.now()
  const result = await runScenario(address, {
    ...(untilEntry === undefined ? {} : { untilEntry }),
    ...(observer === undefined ? {} : { observer }),
    ...(mutant === undefined ? {} : { patches: mutantOf(mutant).patches }),
  })
  return { record: toRecord(address, options, result), result, realMs: performance.now() - startedMs }
}

function toRecord(address: RunAddress, { commit, mutant }: ExecuteOptions, result: RunResult): RunRecord {
  const { scenario, variant, faults, size, seed } = address
  return {
    format: RECORD_FORMAT,
    address: formatAddress({ scenario, variant, faults, size, seed }),
    commit,
    ...(mutant === undefined ? {} : { mutant }),
    node: process.version,
    traceHash: result.traceHash,
    entries: result.entries,
    virtualMicros: result.virtualMicros,
    operations: result.history.length,
    checkpoints: result.checkpoints,
    end: result.end.kind,
    ...(result.end.kind === 'harness-failed' ? { failure: result.end.error.stack ?? result.end.error.message } : {}),
    verdict: result.verdict,
    invariants: result.invariants,
    faults: result.faults,
  }
}
