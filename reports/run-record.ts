// What a run leaves behind, as it stands in verdict.json. Plain data with a version, so that a report of today can still be
// read, or refused with a sentence, by the command of tomorrow.

/** Raised when a field changes its meaning or goes away. */
export const RECORD_FORMAT = 1

export interface RunRecord {
  readonly format: number
  /** The one line that replays the run, without the commit. */
  readonly address: string
  /** Where the tree stood, with `-dirty` where it had changes; `unknown` outside a repository. */
  readonly commit: string
  /** The bug that was planted first. */
  readonly mutant?: string
  /** Version of the runtime. */
  readonly node: string
  readonly traceHash: string
  readonly entries: number
  readonly virtualMicros: number
  readonly operations: number
  readonly checkpoints: readonly Checkpoint[]
  /** How the world ended: `stopped`, `virtual-limit`, … */
  readonly end: string
  /** The stack of what stopped the harness itself. */
  readonly failure?: string
  readonly verdict: { readonly kind: VerdictKind; readonly sentence: string }
  readonly invariants: readonly InvariantRecord[]
  readonly faults: readonly FaultRecord[]
}

export type VerdictKind = 'as-expected' | 'broken' | 'goal-missed' | 'unknown' | 'harness-failed'

/** The running hash when `entry` entries were done. */
export interface Checkpoint {
  readonly entry: number
  readonly hash: string
}

export interface InvariantRecord {
  readonly name: string
  readonly outcome: string
  /** What a person needs to see that it is broken; any printable shape. */
  readonly witness?: unknown
}

export interface FaultRecord {
  readonly fault: string
  readonly fromMicros: number
  readonly toMicros: number
  /** How often it changed what would have happened. */
  readonly bites: number
}

/** What is wrong with a folder or file that should be a run's report; the message says what to do. */
export class RunRecordError extends Error {
  override readonly name = 'RunRecordError'
}

/** Throws RunRecordError when the text is no record of this format. */
export function parseRunRecord(text: string, where: string): RunRecord {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new RunRecordError(`${where} is no JSON: it was cut short or changed; run the scenario again`)
  }
  if (typeof value !== 'object' || value === null) throw new RunRecordError(`${where} is no record of a run`)
  const record = value as Partial<RunRecord>
  if (record.format !== RECORD_FORMAT) {
    throw new RunRecordError(
      `${where} has format ${String(record.format)}, and this command reads format ${RECORD_FORMAT}: run the scenario again`,
    )
  }
  const isWhole =
    typeof record.address === 'string' &&
    typeof record.traceHash === 'string' &&
    typeof record.entries === 'number' &&
    Array.isArray(record.checkpoints) &&
    Array.isArray(record.invariants) &&
    Array.isArray(record.faults) &&
    VERDICT_KINDS.has(record.verdict?.kind ?? '')
  if (!isWhole) throw new RunRecordError(`${where} lacks parts of a run's record: run the scenario again`)
  return record as RunRecord
}

const VERDICT_KINDS: ReadonlySet<string> = new Set<VerdictKind>([
  'as-expected',
  'broken',
  'goal-missed',
  'unknown',
  'harness-failed',
])
