// Runs the address of a report once more, to see what the report does not hold: some entries, and where one was armed.

import { parseAddress } from '../scenarios/address.ts'
import type { RunRecord } from '../reports/run-record.ts'
import type { TraceRows } from '../reports/trace-file.ts'
import { TraceWindow } from '../reports/trace-window.ts'
import type { TraceWindowOptions } from '../reports/trace-window.ts'
import { checkAddress } from './choose-address.ts'
import { execute } from './execute.ts'

export interface RanAgain {
  readonly rows: TraceRows
  /** Where the entry of `stackOf` was armed. */
  readonly armedAt: string | undefined
  /** As far as both have checkpoints, it was the run of the record. */
  readonly isSameRun: boolean
}

/** Runs until the window's end. Throws WrongUse or AddressError where the address cannot be run here. */
export async function runAgain(record: RunRecord, options: TraceWindowOptions): Promise<RanAgain> {
  const window = new TraceWindow(options)
  const address = checkAddress(parseAddress(record.address))
  const framesMax = Error.stackTraceLimit
  Error.stackTraceLimit = STACK_FRAMES_MAX
  try {
    const { result } = await execute(address, {
      ...{ commit: record.commit, mutant: record.mutant },
      ...{ untilEntry: options.to, observer: window },
    })
    const known = new Map(record.checkpoints.map(({ entry, hash }) => [entry, hash]))
    return {
      rows: window.rows(result.hosts),
      armedAt: window.armedAt,
      isSameRun: result.checkpoints.every(({ entry, hash }) => known.get(entry) === hash),
    }
  } finally {
    Error.stackTraceLimit = framesMax
  }
}

/** More than Node's ten: callbacks of libraries come between an entry and who wanted it. */
const STACK_FRAMES_MAX = 40
