// What a run may be told, and what it leaves behind.

import type { LogLine } from '../sim/kernel/log-book.ts'
import type { SourcePatch } from '../sim/kernel/source-patch.ts'
import type { TraceObserver } from '../sim/kernel/trace.ts'
import type { RunEnd } from '../sim/kernel/world.ts'
import type { History } from './history.ts'
import type { InvariantResult, Verdict } from './judge.ts'

export interface RunOptions {
  /** The world ends after so many entries. */
  readonly untilEntry?: number
  readonly observer?: TraceObserver
  /** Planted bugs. */
  readonly patches?: readonly SourcePatch[]
}

export interface RunResult {
  readonly end: RunEnd
  readonly verdict: Verdict
  readonly traceHash: string
  readonly checkpoints: readonly { readonly entry: number; readonly hash: string }[]
  readonly entries: number
  readonly virtualMicros: number
  readonly history: History
  readonly logs: readonly LogLine[]
  readonly invariants: readonly InvariantResult[]
  readonly faults: readonly FaultResult[]
  /** Names by host index − 1, as the trace numbers hosts. */
  readonly hosts: readonly string[]
}

export interface FaultResult {
  readonly fault: string
  /** Both −1: it never began. */
  readonly fromMicros: number
  readonly toMicros: number
  readonly bites: number
}
