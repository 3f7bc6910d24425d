// Six hosts in a ring, each with one connection to the next: a ping of 64 bytes and its echo each virtual second, for hours.

import type { Clock } from '../../system/runtime/clock.ts'
import { real } from '../../sim/kernel/real.ts'
import { addressOf, connectEcho, serveEcho, simulationOf } from './echo.ts'
import type { Measured } from './measured.ts'

const HOSTS = 6
const EVERY_MS = 1000

/** Virtual seconds in a wall second. */
export async function measureIdleHours(hours: number): Promise<Measured> {
  const startedMs = real.nowMs()
  const virtualSeconds = hours * 3600
  const simulation = simulationOf({ virtualSeconds })
  let pings = 0
  for (let index = 0; index < HOSTS; index++) {
    const host = simulation.addHost({ name: `host-${index}`, address: addressOf(index) })
    host.start(async ({ runtime: { network, clock } }) => {
      await serveEcho(network)
      const echo = await connectEcho(network, addressOf((index + 1) % HOSTS))
      for (let second = 1; second < virtualSeconds; second++) {
        await until(clock, second * EVERY_MS)
        await echo.roundTrip(second)
        pings++
      }
    })
  }
  const end = await simulation.world.run()
  const wallSeconds = (real.nowMs() - startedMs) / 1000
  const expected = HOSTS * (virtualSeconds - 1)
  if (pings !== expected) throw new Error(`${pings} pings instead of ${expected}, and the run ended with ${end.kind}`)
  return {
    value: virtualSeconds / wallSeconds,
    wallSeconds,
    virtualSeconds,
    entries: simulation.world.entries,
    traceHash: simulation.world.trace.hash(),
  }
}

/** As an interval does it: each tick at its own time, however long the work took. */
function until(clock: Clock, ms: number): Promise<void> {
  return clock.sleep(ms - clock.monotonicMs())
}
