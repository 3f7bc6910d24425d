// A scenario without anything of ours: two counters that clients add to over the network, with what the runner needs to be
// shown right and wrong.

import type { FaultPlan } from '../../../chaos/plan.ts'
import { planOf } from '../../../chaos/plan.ts'
import { parseFault } from '../../../chaos/fault.ts'
import type { Company, Production, Scenario } from '../../../scenarios/scenario.ts'
import { HELD, unknown } from '../../../scenarios/invariants/invariant.ts'
import type { Invariant } from '../../../scenarios/invariants/invariant.ts'
import type { HostProcess } from '../../../sim/kernel/host.ts'
import type { RunLimits } from '../../../sim/kernel/world.ts'
import type { Simulation } from '../../../sim/simulation.ts'

export interface ToyOptions {
  /** `[from ms, to ms, fault]`. */
  readonly faults?: readonly (readonly [number, number, string])[]
  readonly limits?: Partial<RunLimits>
  readonly invariants?: readonly Invariant[]
  /** The counters die when they are asked for the so many'th time. */
  readonly diesAt?: number
  /** The client never says that it is done. */
  readonly isEndless?: boolean
  readonly oneAtATime?: readonly (readonly string[])[]
}

export const ALWAYS_HELD: Invariant = { name: 'always', kind: 'safety', check: () => HELD }
export const NEVER_JUDGED: Invariant = { name: 'never', kind: 'safety', check: () => unknown('it is a toy') }

/** `counter-1`, `counter-2` and `client-1`, which asks each of them ten times a second for ten seconds. */
export function toyScenario(options: ToyOptions = {}): Scenario {
  const choice = [{ name: 'default', says: 'the only one' }]
  return {
    ...{ name: 'toy', title: 'A toy', story: 'Counters count.' },
    ...{ variants: choice, sizes: choice, faults: choice },
    prepare: () => production(options),
  }
}

function production(options: ToyOptions): Production {
  const plan: FaultPlan = planOf(
    (options.faults ?? []).map(([fromMs, toMs, text]) => ({ fault: parseFault(text), fromMs, toMs, when: 'now' })),
  )
  return {
    plan,
    oneAtATime: options.oneAtATime ?? [],
    limits: { virtualMicros: 120_000_000, entries: 1_000_000, realMs: 20_000, ...options.limits },
    phases: { bootMs: 5_000, warmUpMs: 5_000, stormMs: 40_000, recoveryMs: 100, calmMs: 10_000, finalMs: 10_000 },
    invariants: options.invariants ?? [ALWAYS_HELD],
    events: new Map(),
    raise: simulation => raise(simulation, options),
  }
}

const COUNTERS = ['counter-1', 'counter-2']
const ASKS = 100

function raise(simulation: Simulation, options: ToyOptions): Company {
  const serving = new Map<string, number>()
  let asked = 0
  let storming = false
  for (const [index, name] of COUNTERS.entries()) {
    const host = simulation.addHost({ name, address: `10.0.0.${index + 1}` })
    host.start(async process => {
      await serve(process, options.diesAt ?? Infinity)
      serving.set(name, host.incarnation)
    })
  }
  const client = simulation.addHost({ name: 'client-1', address: '10.0.0.9' })
  client.start(async process => {
    while (asked < ASKS) {
      await process.runtime.clock.sleep(100)
      if (!storming) continue
      await Promise.all(COUNTERS.map(counter => ask(process, counter)))
      asked++
    }
  })
  const serves = (name: string): boolean => {
    const host = simulation.world.hosts.get(name)
    return host?.state === 'up' && (name === 'client-1' || serving.get(name) === host.incarnation)
  }
  return {
    isReady: () => COUNTERS.every(serves),
    serves,
    isWhole: () => COUNTERS.every(serves),
    begin: phase => {
      if (phase === 'storm') storming = true
    },
    isDone: phase => (phase === 'storm' ? asked >= ASKS : options.isEndless !== true || phase !== 'calm'),
    missing: phase => `the toy misses ${phase}`,
  }
}

/** Answers every byte with one, and dies of the `diesAt`th. */
async function serve({ runtime }: HostProcess, diesAt: number): Promise<void> {
  let count = 0
  await runtime.network.listen({ port: 7 }, connection => {
    connection.handle({
      onData() {
        count++
        if (count === diesAt) throw new Error('the counter is full')
        connection.write(new Uint8Array([count & 0xff]))
      },
      onEnd: () => connection.end(),
    })
  })
}

/** Never rejects: a counter that is gone is asked again next time. */
async function ask({ runtime }: HostProcess, counter: string): Promise<void> {
  try {
    const connection = await runtime.network.connect({ host: counter, port: 7, timeoutMs: 500 })
    await new Promise<void>(resolve => {
      const timer = runtime.clock.setTimer(500, () => connection.destroy({ reset: true }))
      connection.handle({
        onData: () => connection.destroy(),
        onClose() {
          timer.cancel()
          resolve()
        },
      })
      connection.write(new Uint8Array([1]))
    })
  } catch {
    return
  }
}
