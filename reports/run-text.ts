// A run as its reader sees it on the terminal: what happened, what was judged, and how to see it again.

import type { FaultRecord, InvariantRecord, RunRecord } from './run-record.ts'
import { formatVirtual } from './virtual-time.ts'

export interface RunTextOptions {
  readonly realMs: number
  /** Where the report is. */
  readonly folder?: string
}

/** Several lines, without a line break at the end. */
export function formatRun(record: RunRecord, options: RunTextOptions): string {
  const isGood = record.verdict.kind === 'as-expected'
  const lines = [
    record.address,
    `  world       ${formatVirtual(record.virtualMicros)} of virtual time, ${formatCount(record.entries)} entries, ` +
      `${formatCount(record.operations)} client operations, ${(options.realMs / 1_000).toFixed(1)} s of real time`,
    ...section('faults', faultLines(record.faults)),
    ...section('invariants', record.invariants.map(invariantLine)),
    `  trace hash  ${record.traceHash}`,
    `${VERDICTS[record.verdict.kind] ?? record.verdict.kind}: ${record.verdict.sentence}`,
    ...record.invariants.filter(each => each.outcome !== 'held').flatMap(witnessLines),
  ]
  if (!isGood) lines.push('replay:   ' + replayLine(record))
  if (options.folder !== undefined) lines.push(`report:   ${options.folder}`)
  return lines.join('\n')
}

/** The one line that shows the run again. */
export function replayLine(record: RunRecord): string {
  return `npx foreshock replay '${record.address}+${record.commit}'`
}

/** The verdict in the words that a reader scans for. */
const VERDICTS: Readonly<Record<string, string>> = {
  'as-expected': 'AS EXPECTED',
  broken: 'BROKEN',
  'goal-missed': 'GOAL MISSED',
  unknown: 'UNKNOWN',
  'harness-failed': 'HARNESS FAILED',
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.map((line, index) => `  ${(index === 0 ? title : '').padEnd(10)}  ${line}`)
}

function faultLines(faults: readonly FaultRecord[]): readonly string[] {
  if (faults.length === 0) return ['none']
  return faults.map(({ fault, fromMicros, toMicros, bites }) => {
    const span = `${formatVirtual(fromMicros)} to ${formatVirtual(toMicros)}`
    return `${span}  ${fault}  ${bites === 0 ? 'never bit' : `bit ${formatCount(bites)} ×`}`
  })
}

function invariantLine(invariant: InvariantRecord): string {
  return `${invariant.outcome.padEnd(8)}${invariant.name}`
}

function witnessLines(invariant: InvariantRecord): readonly string[] {
  if (invariant.witness === undefined) return [`  ${invariant.name}: ${invariant.outcome}`]
  const text =
    typeof invariant.witness === 'string' ? invariant.witness : JSON.stringify(invariant.witness, undefined, 2)
  const lines = text.split('\n')
  const shown = lines.slice(0, WITNESS_LINES_MAX).map(line => `    ${line}`)
  if (lines.length > WITNESS_LINES_MAX) shown.push(`    … ${lines.length - WITNESS_LINES_MAX} lines more in verdict.json`)
  return [`  ${invariant.name}: witness`, ...shown]
}

/** Lines of a witness on the terminal; the report has all. */
const WITNESS_LINES_MAX = 40

/** 1,234,567, in any locale. */
function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}
