// Runs one address.

import type { RunAddress } from './address.ts'
import { play } from './play.ts'
import type { RunOptions, RunResult } from './run-result.ts'
import { scenarioOf } from './registry.ts'

/** Throws AddressError when the address names what is not there. */
export async function runScenario(address: RunAddress, options: RunOptions = {}): Promise<RunResult> {
  return play(scenarioOf(address), address, options)
}
