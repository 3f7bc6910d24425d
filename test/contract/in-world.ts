// Runs the body of a test as the program of a simulated host, so that what it says of a port is said of the simulated one.

import type { HostProcess } from '../../sim/kernel/host.ts'
import type { RunEnd, RunLimits, World } from '../../sim/kernel/world.ts'
import { createSimulation } from '../../sim/simulation.ts'
import type { SimulatedHostOptions, Simulation, SimulationOptions } from '../../sim/simulation.ts'

export interface InWorldOptions {
  readonly world?: Partial<Omit<SimulationOptions, 'seed' | 'limits'>>
  readonly limits?: Partial<RunLimits>
  /** Of the host that runs the body. */
  readonly host?: Partial<SimulatedHostOptions>
  /** Called before the run, for what else the world must have. */
  readonly prepare?: (simulation: Simulation) => void
}

export const BODY_HOST = 'here'
export const BODY_ADDRESS = '10.0.0.1'

/**
 * The body runs on a host of its own; the world ends with it. Rejects with what the body rejected with, or with the end of
 * the world if that came first; its processes may die as they like.
 */
export async function inWorld(
  seed: string,
  body: (process: HostProcess, world: World, simulation: Simulation) => Promise<void>,
  options: InWorldOptions = {},
): Promise<RunEnd> {
  const simulation = createSimulation({ seed, ...options.world, limits: { ...LIMITS, ...options.limits } })
  const { world } = simulation
  let outcome: { readonly failed?: unknown } | undefined
  const finish = (found: { readonly failed?: unknown }): void => {
    outcome = found
    world.stop('the body has ended')
  }
  simulation.addHost({ name: BODY_HOST, address: BODY_ADDRESS, ...options.host }).start(process =>
    body(process, world, simulation).then(
      () => finish({}),
      (error: unknown) => finish({ failed: error }),
    ),
  )
  options.prepare?.(simulation)
  const end = await world.run()
  if (end.kind === 'harness-failed') throw end.error
  if (outcome === undefined) throw new Error(`the world has ended before the body: ${JSON.stringify(end)}`)
  if ('failed' in outcome) throw outcome.failed
  return end
}

const LIMITS: RunLimits = { virtualMicros: 24 * 3600e6, entries: 5_000_000, realMs: 60_000 }
