// Plays one run of a scenario: a world, its company, its phases, and a verdict.

import { bitesOf } from '../chaos/carry-out.ts'
import type { FaultReport } from '../chaos/carry-out.ts'
import { formatFault } from '../chaos/fault.ts'
import { simulatedActs } from '../chaos/sim-acts.ts'
import { keyedEntropy } from '../sim/kernel/entropy.ts'
import { CHECKPOINT_ENTRIES } from '../sim/kernel/trace.ts'
import { createSimulation } from '../sim/simulation.ts'
import type { RunAddress } from './address.ts'
import { Conductor } from './conductor.ts'
import type { Ended } from './conductor.ts'
import { HistoryBook } from './history-book.ts'
import { findAll, judge, resultOf } from './judge.ts'
import type { FaultResult, RunOptions, RunResult } from './run-result.ts'
import type { Scenario } from './scenario.ts'

/** Of an address, all but the names of its scenario and its commit counts. */
export async function play(scenario: Scenario, address: RunAddress, options: RunOptions = {}): Promise<RunResult> {
  const seed = `${scenario.name}#${address.seed}`
  const production = scenario.prepare({ ...address, entropy: keyedEntropy(seed) })
  const { limits, fabric } = production
  const simulation = createSimulation({ seed, limits, ...options, ...(fabric === undefined ? {} : { fabric }) })
  const { world } = simulation
  const book = new HistoryBook(() => world.nowMicros)
  const company = production.raise(simulation, book)
  const acts = simulatedActs(simulation, { serves: host => company.serves(host), restartPauseMs: RESTART_PAUSE_MS })
  const conductor = new Conductor({ production, company, acts, book })

  let ended: Ended | undefined
  const conduct = async (): Promise<void> => {
    ended = await conductor.run()
    world.stop(ended.kind)
  }
  world.schedule(0, undefined, 'world', () => void conduct())
  const end = await world.run()

  const history = book.history()
  const faults = conductor.faultReports()
  const evidence = { history, events: production.events, startEpochMs: world.startEpochMs }
  const findings = findAll(production.invariants, evidence)
  const verdict = judge({ end, ended, phase: conductor.phase, findings, deaths: world.deaths, faults })
  return {
    ...{ end, verdict, history },
    traceHash: world.trace.hash(),
    checkpoints: world.trace.checkpoints.map((hash, index) => ({ entry: (index + 1) * CHECKPOINT_ENTRIES, hash })),
    entries: world.entries,
    virtualMicros: world.nowMicros,
    logs: world.logs.lines,
    invariants: findings.map(resultOf),
    faults: faults.map(toResult),
    hosts: [...world.hosts.keys()],
  }
}

/** A supervisor's, before it starts a process again that died by itself. */
const RESTART_PAUSE_MS = 1_000

function toResult({ planned, fromMicros, toMicros, changes }: FaultReport): FaultResult {
  return {
    fault: formatFault(planned.fault),
    fromMicros: fromMicros ?? -1,
    toMicros: toMicros ?? -1,
    bites: bitesOf(changes),
  }
}
