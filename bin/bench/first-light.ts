// Operations of first-light, from its clients' side, in a wall second: the whole system, with light faults.

import { runScenario } from '../../scenarios/run.ts'
import { real } from '../../sim/kernel/real.ts'
import type { Measured } from './measured.ts'

export async function measureFirstLight(size: string): Promise<Measured> {
  const address = { scenario: 'first-light', variant: 'default', faults: 'light', size, seed: 1 }
  const startedMs = real.nowMs()
  const result = await runScenario(address)
  const wallSeconds = (real.nowMs() - startedMs) / 1000
  if (result.verdict.kind !== 'as-expected') throw new Error(`first-light ${size}: ${result.verdict.sentence}`)
  return {
    value: result.history.length / wallSeconds,
    wallSeconds,
    virtualSeconds: result.virtualMicros / 1e6,
    entries: result.entries,
    traceHash: result.traceHash,
  }
}
