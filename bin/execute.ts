// Runs one address in this process and turns what comes out into what a report holds.

import { formatAddress } from '../scenarios/address.ts'
import type { RunAddress } from '../scenarios/address.ts'
import { runScenario } from '../scenarios/run.ts'
import type { RunResult } from '../scenarios/run-result.ts'
import type { SourcePatch } from '../sim/kernel/source-patch.ts'
import type { TraceObserver } from '../sim/kernel/trace.ts'
import { RECORD_FORMAT } from '../reports/run-record.ts'
import type { RunRecord } from '../reports/run-record.ts'

export interface ExecuteOptions {
  /** Where the tree stands: it goes into the record. */
  readonly commit: string
  readonly untilEntry?: number | undefined
  readonly observer?: TraceObserver | undefined
  readonly patches?: readonly SourcePatch[] | undefined
}

export interface Executed {
  readonly record: RunRecord
  readonly result: RunResult
  readonly realMs: number
}

/** One at a time in a process. Rejects only where the harness has a mistake that no verdict could tell. */
export async function execute(address: RunAddress, options: ExecuteOptions): Promise<Executed> {
  const { untilEntry, observer, patches } = options
  const startedMs = performance.now()
  const result = await runScenario(address, {
    ...(untilEntry === undefined ? {} : { untilEntry }),
    ...(observer === undefined ? {} : { observer }),
    ...(patches === undefined ? {} : { patches }),
  })
  return { record: toRecord(address, options.commit, result), result, realMs: performance.now() - startedMs }
}

function toRecord(address: RunAddress, commit: string, result: RunResult): RunRecord {
  const { scenario, variant, faults, size, seed } = address
  return {
    format: RECORD_FORMAT,
    address: formatAddress({ scenario, variant, faults, size, seed }),
    commit,
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
