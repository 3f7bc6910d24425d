// A run as its reader sees it on the terminal, and pastes it into an issue: what was run, what was judged and why, what went
// wrong meanwhile, and how to see it again.

import { formatCount } from './numbers-text.ts'
import type { FaultRecord, InvariantRecord, RunRecord, VerdictKind } from './run-record.ts'
import { formatVirtual } from './virtual-time.ts'

export interface RunTextOptions {
  readonly realMs: number
  /** Where the report is. */
  readonly folder?: string
  /** The entry at which it was stopped, as was asked. */
  readonly until?: number | undefined
}

/** Several lines, without a line break at the end. The verdict comes last: that is where the eye is when a run ends. */
export function formatRun(record: RunRecord, options: RunTextOptions): string {
  const { address, commit, verdict, faults, invariants } = record
  const isGood = verdict.kind === 'as-expected'
  return [
    `${address}+${commit}${record.mutant === undefined ? '' : ` with the planted bug ${record.mutant}`}`,
    ...section('world', [
      `${formatVirtual(record.virtualMicros)} of virtual time in ${(options.realMs / 1_000).toFixed(1)} s, ` +
        `${formatCount(record.operations)} client operations, ${formatCount(record.entries)} entries`,
    ]),
    ...section('faults', faultLines(faults)),
    ...section('judged', invariants.map(invariantLine)),
    ...section('trace', [`hash ${record.traceHash}, Node ${record.node.replace(/^v/, '')}`]),
    '',
    `${VERDICTS[verdict.kind]}: ${verdict.sentence}`,
    ...invariants.filter(({ outcome }) => outcome !== 'held').flatMap(witnessLines),
    ...(record.failure === undefined ? [] : indented(record.failure)),
    '',
    ...(isGood
      ? []
      : [`replay   ${replayLine(record)}${options.until === undefined ? '' : ` --until ${options.until}`}`]),
    ...explainLines(record, options.folder),
    ...(options.folder === undefined ? [] : [`report   ${options.folder}`]),
  ].join('\n')
}

/** The one line that shows the run again. */
export function replayLine({ address, commit, mutant }: Pick<RunRecord, 'address' | 'commit' | 'mutant'>): string {
  return `npx foreshock replay '${address}+${commit}'${mutant === undefined ? '' : ` --mutant ${mutant}`}`
}

/** The verdict in the words that a reader scans for. */
export const VERDICTS: Readonly<Record<VerdictKind, string>> = {
  'as-expected': 'AS EXPECTED',
  broken: 'BROKEN',
  'goal-missed': 'GOAL MISSED',
  unknown: 'UNKNOWN',
  'harness-failed': 'HARNESS FAILED',
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.map((line, index) => `  ${(index === 0 ? title : '').padEnd(TITLE_WIDTH)}${line}`)
}

const TITLE_WIDTH = 8

function faultLines(faults: readonly FaultRecord[]): readonly string[] {
  if (faults.length === 0) return ['none']
  const spans = faults.map(spanOf)
  const spanWidth = Math.max(...spans.map(span => span.length))
  const faultWidth = Math.max(...faults.map(({ fault }) => fault.length))
  return faults.map(({ fault, bites }, index) => {
    const effect = bites === 0 ? 'changed nothing' : `${formatCount(bites)} ${bites === 1 ? 'bite' : 'bites'}`
    return `${spans[index]?.padEnd(spanWidth)}  ${fault.padEnd(faultWidth)}  ${effect}`
  })
}

function spanOf({ fromMicros, toMicros }: FaultRecord): string {
  if (fromMicros < 0) return 'never began'
  return `${formatVirtual(fromMicros)} to ${toMicros < 0 ? 'the end' : formatVirtual(toMicros)}`
}

function invariantLine({ name, outcome }: InvariantRecord): string {
  return `${(outcome === 'held' ? outcome : outcome.toUpperCase()).padEnd(8)}${name}`
}

function witnessLines({ name, outcome, witness }: InvariantRecord): readonly string[] {
  const lines = witnessText(witness).split('\n')
  const more = lines.length - WITNESS_LINES_MAX
  return [
    `  ${name} is ${outcome}:`,
    ...indented(
      lines
        .slice(0, WITNESS_LINES_MAX)
        .map(line => shortened(line, WITNESS_LINE_LENGTH_MAX))
        .join('\n'),
    ),
    ...(more > 0 ? [`    … ${formatCount(more)} lines more in verdict.json`] : []),
  ]
}

/** A sentence and an example a line, where a witness has them; otherwise all of it, as it is. */
function witnessText(witness: unknown): string {
  if (typeof witness === 'string') return witness
  const { says, count, examples } = (witness ?? {}) as { says?: unknown; count?: unknown; examples?: unknown }
  if (typeof says !== 'string' || typeof count !== 'number' || !Array.isArray(examples)) {
    return JSON.stringify(witness, undefined, 2) ?? 'no witness'
  }
  const more = count - examples.length
  return [
    says,
    ...examples.map(example => (typeof example === 'string' ? example : JSON.stringify(example))),
    ...(more > 0 ? [`and ${formatCount(more)} more`] : []),
  ].join('\n')
}

/** Of a witness on the terminal; the report has all. */
const WITNESS_LINES_MAX = 20
const WITNESS_LINE_LENGTH_MAX = 300

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)} …`
}

function indented(text: string): readonly string[] {
  return text.split('\n').map(line => `    ${line}`)
}

/** Where a witness names an event, the command that tells its story. */
function explainLines({ invariants }: RunRecord, folder: string | undefined): readonly string[] {
  if (folder === undefined) return []
  const witnesses = invariants.filter(({ outcome }) => outcome !== 'held').map(({ witness }) => witness)
  const [event] = /\b[a-z][a-z-]*-\d{5}\/\d+\b|\b[0-9a-f]{24}\b/.exec(JSON.stringify(witnesses)) ?? []
  return event === undefined ? [] : [`explain  npx foreshock explain ${folder} ${event}`]
}
