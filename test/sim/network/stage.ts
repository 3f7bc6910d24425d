// Two hosts and a link of exactly one millisecond each way, on which tests play scenes and write down what was seen when.

import type { Connection, ConnectionEvents, NetworkError } from '../../../system/runtime/network.ts'
import type { Runtime } from '../../../system/runtime/runtime.ts'
import type { Host } from '../../../sim/kernel/host.ts'
import type { RunEnd } from '../../../sim/kernel/world.ts'
import type { FabricOptions } from '../../../sim/network/fabric.ts'
import type { Rule } from '../../../sim/network/rules.ts'
import { createSimulation } from '../../../sim/simulation.ts'
import type { Simulation } from '../../../sim/simulation.ts'

export const PORT = 4000

export interface Stage {
  readonly simulation: Simulation
  readonly near: Host
  readonly far: Host
  /** `<virtual ms> <what>`, as `note` wrote it. */
  readonly seen: string[]
  note(what: string): void
  /** The world's own act, so long after the start. */
  at(ms: number, act: () => void): void
  /** Starts the near host with a program that may fail: the failure is noted by its code. */
  nearDoes(act: (runtime: Runtime) => Promise<void>): void
  /** Starts the far host with a listener; the callbacks of its connections are made by `answer`. */
  farListens(answer?: (connection: Connection, runtime: Runtime) => ConnectionEvents): void
  /** Runs the world; answers what was seen. */
  play(): Promise<readonly string[]>
  end(): RunEnd | undefined
}

export function stage(options: { readonly seed?: string; readonly fabric?: FabricOptions } = {}): Stage {
  const simulation = createSimulation({
    seed: options.seed ?? '1',
    limits: { virtualMicros: 3600e6, entries: 1e6, realMs: 20_000 },
    fabric: options.fabric ?? { latency: ONE_MILLISECOND },
  })
  const near = simulation.addHost({ name: 'near', address: '10.0.0.1' })
  const far = simulation.addHost({ name: 'far', address: '10.0.0.2' })
  const seen: string[] = []
  const note = (what: string): void => void seen.push(`${simulation.world.nowMicros / 1000} ${what}`)
  let end: RunEnd | undefined
  return {
    simulation,
    near,
    far,
    seen,
    note,
    at: (ms, act) => void simulation.world.schedule(ms * 1000, undefined, 'fault', act),
    nearDoes(act) {
      near.start(({ runtime }) => act(runtime).catch((error: NetworkError) => note(`near: ${error.code}`)))
    },
    farListens(answer = () => ({})) {
      far.start(async ({ runtime }) => {
        await runtime.network.listen({ port: PORT }, connection => connection.handle(answer(connection, runtime)))
      })
    },
    async play() {
      end = await simulation.world.run()
      if (end.kind === 'harness-failed') throw end.error
      const [death] = simulation.world.deaths
      if (death !== undefined) throw death.error
      return seen
    },
    end: () => end,
  }
}

export const ONE_MILLISECOND = { minMicros: 1000, maxMicros: 1000, tailShare: 0, tailFactor: 1 }

/** Callbacks that write down all that happens to one end. */
export function noting(note: (what: string) => void, who: string): ConnectionEvents {
  return {
    onData: chunk => note(`${who} got ${text(chunk)}`),
    onEnd: () => note(`${who} saw the end`),
    onDrain: () => note(`${who} may write`),
    onClose: error => note(`${who} closed${error === undefined ? '' : `: ${error.code}`}`),
  }
}

export function bytes(content: string): Uint8Array {
  return new TextEncoder().encode(content)
}

export function text(chunk: Uint8Array): string {
  return new TextDecoder().decode(chunk)
}

/** Loses what goes from one host to the other. */
export function cutting(from: Host, to: Host): Rule {
  return segment => (segment.from === from && segment.to === to ? { kind: 'drop' } : { kind: 'pass' })
}
