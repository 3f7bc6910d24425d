// One simulated host with a disk, and what its processes do, one life after another.

import type { Runtime } from '../../../../system/runtime/runtime.ts'
import type { Ending } from '../../../../sim/kernel/host.ts'
import { createSimulation } from '../../../../sim/simulation.ts'
import type { SimDisk } from '../../../../sim/disk/sim-disk.ts'
import type { SimDiskOptions } from '../../../../sim/disk/disk-options.ts'

/** A life ends when it says how; the last one says nothing. */
export type Life = (runtime: Runtime, disk: SimDisk) => Promise<Ending | void>

/** Lives them all. Throws what a life throws. */
export async function live(
  lives: readonly Life[],
  options: { readonly seed?: string; readonly disk?: SimDiskOptions } = {},
): Promise<void> {
  const { world, addHost, diskOf } = createSimulation({
    seed: options.seed ?? '1',
    limits: { virtualMicros: 3600e6, entries: 1e6, realMs: 20_000 },
  })
  const host = addHost({ name: 'store-1', address: '10.0.0.1', ...(options.disk && { disk: options.disk }) })
  let next = 0
  host.start(async ({ runtime }) => {
    const ending = await lives[next++]?.(runtime, diskOf(host))
    world.schedule(0, undefined, 'fault', () => {
      if (next === lives.length) return world.stop('the last life is over')
      if (ending === 'power-loss') host.powerLoss()
      else host.crash()
      host.restart()
    })
  })
  const end = await world.run()
  const [death] = world.deaths
  if (death !== undefined) throw death.error
  if (end.kind === 'harness-failed') throw end.error
  if (end.kind !== 'stopped') throw new Error(`the world ended by itself: ${end.kind} in life ${next}`)
}
