// From everything that is known of a run to one verdict and one sentence.

import { bitesOf } from '../chaos/carry-out.ts'
import type { FaultReport } from '../chaos/carry-out.ts'
import { formatPlanned } from '../chaos/plan.ts'
import type { Death, RunEnd } from '../sim/kernel/world.ts'
import type { Ended } from './conductor.ts'
import type { Phase } from './history.ts'
import type { Evidence, Finding, Invariant, Witness } from './invariants/invariant.ts'

export interface Verdict {
  readonly kind: 'as-expected' | 'broken' | 'goal-missed' | 'unknown' | 'harness-failed'
  readonly sentence: string
}

export interface InvariantResult {
  readonly name: string
  readonly outcome: Finding['outcome']
  readonly witness?: Witness
}

export interface Facts {
  readonly end: RunEnd
  /** How the phases ended; undefined: the world ended before they did. */
  readonly ended: Ended | undefined
  readonly phase: Phase | 'boot'
  readonly findings: readonly InvariantFinding[]
  readonly deaths: readonly Death[]
  readonly faults: readonly FaultReport[]
}

export interface InvariantFinding {
  readonly invariant: Pick<Invariant, 'name' | 'kind'>
  readonly finding: Finding
}

export function findAll(invariants: readonly Invariant[], evidence: Evidence): readonly InvariantFinding[] {
  return invariants.map(invariant => ({ invariant, finding: invariant.check(evidence) }))
}

/** The worst that is so decides: the harness, then what is wrong, then what came too late, then what nobody knows. */
export function judge(facts: Facts): Verdict {
  return (
    harnessFailure(facts.end) ??
    breach(facts) ??
    missedGoal(facts) ??
    openQuestion(facts) ?? { kind: 'as-expected', sentence: asExpected(facts) }
  )
}

function harnessFailure(end: RunEnd): Verdict | undefined {
  switch (end.kind) {
    case 'harness-failed':
      return { kind: 'harness-failed', sentence: `the simulator itself failed: ${end.error.message}` }
    case 'real-limit':
      return { kind: 'harness-failed', sentence: 'the run took more real time than it may' }
    case 'stopped':
    case 'quiescent':
    case 'virtual-limit':
    case 'entry-limit':
    case 'until-entry':
      return undefined
  }
}

function breach({ findings, deaths }: Facts): Verdict | undefined {
  for (const { invariant, finding } of findings) {
    if (invariant.kind === 'safety' && finding.outcome === 'broken') {
      return { kind: 'broken', sentence: `${invariant.name}: ${finding.witness.says}` }
    }
  }
  const [first] = deaths
  if (first === undefined) return undefined
  const { host, atMicros, error } = first
  return { kind: 'broken', sentence: `the process on ${host} died by itself at ${atMicros} µs: ${error.message}` }
}

function missedGoal({ end, ended, phase, findings }: Facts): Verdict | undefined {
  if (end.kind === 'until-entry') return undefined
  if (ended?.kind === 'goal-missed') {
    const where = ended.phase === 'storm' ? 'after the storm' : `in the phase ${ended.phase}`
    return { kind: 'goal-missed', sentence: `${where}, too late: ${ended.missing}` }
  }
  if (ended === undefined) return { kind: 'goal-missed', sentence: `${WORLD_ENDS[end.kind]} in the phase ${phase}` }
  for (const { invariant, finding } of findings) {
    if (invariant.kind === 'goal' && finding.outcome === 'broken') {
      return { kind: 'goal-missed', sentence: `${invariant.name}: ${finding.witness.says}` }
    }
  }
  return undefined
}

const WORLD_ENDS: Readonly<Record<RunEnd['kind'], string>> = {
  stopped: 'the world was stopped',
  quiescent: 'nothing was left to happen',
  'virtual-limit': 'the virtual time of a run was over',
  'entry-limit': 'a run had as many entries as it may have',
  'until-entry': 'the run was stopped at an entry',
  'real-limit': 'the real time was over',
  'harness-failed': 'the simulator failed',
}

function openQuestion({ end, findings, faults }: Facts): Verdict | undefined {
  if (end.kind === 'until-entry') return { kind: 'unknown', sentence: 'the run was stopped at an entry, as was asked' }
  const idle = faults.filter(fault => bitesOf(fault.changes) === 0)
  const [first] = idle
  if (first !== undefined) {
    const others = idle.length === 1 ? '' : `, and ${idle.length - 1} more like it`
    return { kind: 'unknown', sentence: `a planned fault changed nothing: ${formatPlanned(first.planned)}${others}` }
  }
  for (const { invariant, finding } of findings) {
    if (finding.outcome === 'unknown') {
      return { kind: 'unknown', sentence: `${invariant.name} could not be judged: ${finding.witness.says}` }
    }
  }
  return undefined
}

function asExpected({ findings, faults }: Facts): string {
  const bitten = faults.length === 0 ? 'no fault was planned' : `all of ${faults.length} planned faults bit`
  return `${findings.length} invariants and goals held; ${bitten}`
}

export function resultOf({ invariant, finding }: InvariantFinding): InvariantResult {
  const { outcome } = finding
  return finding.outcome === 'held'
    ? { name: invariant.name, outcome }
    : { name: invariant.name, outcome, witness: finding.witness }
}
