// A fault plan: which faults, from when to when. It is a text file that a person can write, shorten and keep, and its hash
// stands in an address where no seed drew it.

import { createHash } from 'node:crypto'
import { FaultSyntaxError, formatFault, parseFault } from './fault.ts'
import type { Fault } from './fault.ts'

export interface FaultPlan {
  /** In order of `fromMs`, then as they stand in the text. */
  readonly faults: readonly PlannedFault[]
}

export interface PlannedFault {
  readonly fault: Fault
  /** Milliseconds from the start of the storm; `toMs` is after `fromMs`. */
  readonly fromMs: number
  readonly toMs: number
  /**
   * `whole`: it waits until every copy of everything is up and caught up again, and keeps its length. `now`: it acts at
   * `fromMs`, whatever the world is in.
   */
  readonly when: 'now' | 'whole'
}

/**
 * One fault a line: `from 1200 ms to 4500 ms: crash store-1`, with ` when whole` before the colon for a gate. Empty lines
 * and lines that begin with # are for people; `parsePlan` drops them.
 */
export function formatPlan(plan: FaultPlan): string {
  return [HEADER, ...plan.faults.map(formatPlanned)].map(line => `${line}\n`).join('')
}

/** Undoes `formatPlan`. Throws FaultSyntaxError with the number of the line. */
export function parsePlan(text: string): FaultPlan {
  const faults: PlannedFault[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    try {
      faults.push(parsePlanned(line.trim()))
    } catch (error) {
      if (!(error instanceof FaultSyntaxError)) throw error
      throw new FaultSyntaxError(`line ${index + 1} of the plan: ${error.message}`)
    }
  }
  return planOf(faults)
}

/** A plan of these faults, in their order in time. */
export function planOf(faults: readonly PlannedFault[]): FaultPlan {
  return { faults: faults.toSorted((a, b) => a.fromMs - b.fromMs) }
}

/** `from 1200 ms to 4500 ms: crash store-1`. */
export function formatPlanned({ fault, fromMs, toMs, when }: PlannedFault): string {
  return `from ${fromMs} ms to ${toMs} ms${when === 'whole' ? ' when whole' : ''}: ${formatFault(fault)}`
}

/** 12 hexadecimal digits of what the plan says, whatever comments stand in its file. */
export function planHash(plan: FaultPlan): string {
  return createHash('sha256').update(formatPlan(plan)).digest('hex').slice(0, 12)
}

const HEADER = '# foreshock fault plan 1'
const PLANNED = /^from (0|[1-9][0-9]{0,9}) ms to ([1-9][0-9]{0,9}) ms( when whole)?: (.+)$/

function parsePlanned(line: string): PlannedFault {
  const match = PLANNED.exec(line)
  if (match === null) {
    throw new FaultSyntaxError(`'${line}' is no planned fault: expected \`from N ms to N ms: FAULT\``)
  }
  const [fromMs, toMs] = [Number(match[1]), Number(match[2])]
  if (toMs <= fromMs) throw new FaultSyntaxError(`'${line}' ends before it begins`)
  return { fault: parseFault(match[4] ?? ''), fromMs, toMs, when: match[3] === undefined ? 'now' : 'whole' }
}
