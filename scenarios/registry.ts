// All scenarios, and what an address may name.

import { AddressError } from './address.ts'
import type { RunAddress } from './address.ts'
import { FIRST_LIGHT } from './first-light/first-light.ts'
import type { Choice, Scenario } from './scenario.ts'

export const SCENARIOS: readonly Scenario[] = [FIRST_LIGHT]

/** Throws AddressError when scenario, variant, size or faults are none that there are. */
export function scenarioOf(address: RunAddress): Scenario {
  const scenario = SCENARIOS.find(({ name }) => name === address.scenario)
  if (scenario === undefined) throw unknown('scenario', address.scenario, SCENARIOS)
  const { variants, sizes, faults } = scenario
  const of = ` of ${scenario.name}`
  if (!has(variants, address.variant)) throw unknown(`variant${of}`, address.variant, variants)
  if (!has(sizes, address.size)) throw unknown(`size${of}`, address.size, sizes)
  if (!has(faults, address.faults)) throw unknown(`family of faults${of}`, address.faults, faults)
  return scenario
}

function has(choices: readonly Choice[], name: string): boolean {
  return choices.some(choice => choice.name === name)
}

function unknown(what: string, name: string, known: readonly { readonly name: string }[]): AddressError {
  const names = known.map(one => one.name).join(', ')
  return new AddressError(`there is no ${what} called ${name}: choose one of ${names}`)
}
