// From what was asked for to an address that can be run here.

import type { RunAddress } from '../scenarios/address.ts'
import { SCENARIOS, scenarioOf } from '../scenarios/registry.ts'

/** What is left open is the scenario's first. */
export interface Choice {
  readonly variant?: string | undefined
  readonly size?: string | undefined
  readonly faults?: string | undefined
  readonly seed: number
}

/** Throws AddressError, which says what there is, where there is nothing of a name. */
export function addressOf(scenario: string, choice: Choice): RunAddress {
  const known = SCENARIOS.find(({ name }) => name === scenario)
  const { variant, size, faults, seed } = choice
  return checkAddress({
    scenario,
    variant: variant ?? known?.variants[0]?.name ?? '',
    faults: faults ?? known?.faults[0]?.name ?? '',
    size: size ?? known?.sizes[0]?.name ?? '',
    seed,
  })
}

/** The same address, all of whose names exist here. Throws AddressError. */
export function checkAddress(address: RunAddress): RunAddress {
  scenarioOf(address)
  return address
}
