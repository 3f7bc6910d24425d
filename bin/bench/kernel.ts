// The kernel alone: entries that do next to nothing, so that what is left is the loop, the queue and the trace.

import type { Host } from '../../sim/kernel/host.ts'
import { real } from '../../sim/kernel/real.ts'
import type { World } from '../../sim/kernel/world.ts'
import { createSimulation } from '../../sim/simulation.ts'
import type { Measured } from './measured.ts'

const ENTRIES = 2_000_000
const HOSTS = 10
const CHAINS_PER_HOST = 10

/** Entries a wall second, each of which only arms the next one of its chain. */
export async function measureBareEntries(): Promise<Measured> {
  return measure((world, host) => {
    const step = (): void => void world.schedule(PERIOD_MICROS, host, 'timer', step)
    step()
  })
}

/** Entries a wall second, each of which wakes an async function that awaits the next one. */
export async function measureAwaitedEntries(): Promise<Measured> {
  return measure(async (world, host) => {
    for (;;) await new Promise<void>(resolve => world.schedule(PERIOD_MICROS, host, 'timer', resolve))
  })
}

const PERIOD_MICROS = 1000

async function measure(chain: (world: World, host: Host) => void | Promise<void>): Promise<Measured> {
  const startedMs = real.nowMs()
  const limits = { virtualMicros: Infinity, entries: ENTRIES, realMs: 600_000 }
  const { world, addHost } = createSimulation({ seed: '1', limits })
  for (let index = 1; index <= HOSTS; index++) {
    addHost({ name: `host-${index}`, address: `10.0.0.${index}` }).start(({ host }) => {
      for (let count = 0; count < CHAINS_PER_HOST; count++) void chain(world, host)
    })
  }
  const end = await world.run()
  if (end.kind !== 'entry-limit') throw new Error(`the run ended with ${end.kind}`)
  const wallSeconds = (real.nowMs() - startedMs) / 1000
  return {
    value: ENTRIES / wallSeconds,
    wallSeconds,
    virtualSeconds: world.nowMicros / 1e6,
    entries: world.entries,
    traceHash: world.trace.hash(),
  }
}
