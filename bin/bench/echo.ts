// One server and five clients over simulated TCP: each client sends 64 bytes, awaits them back, checks them, and again.

import type { Connection, Network } from '../../system/runtime/network.ts'
import { createSimulation } from '../../sim/simulation.ts'
import type { Simulation } from '../../sim/simulation.ts'
import type { Measured } from './measured.ts'

export const ROUND_TRIPS = 100_000
const CLIENTS = 5
export const PORT = 7
export const MESSAGE_BYTES = 64

/** Messages in a wall second; a round trip is two. Building the world counts, the start of the process does not. */
export async function measureEcho(nowMs: () => number): Promise<Measured> {
  const startedMs = nowMs()
  const simulation = simulationOf({ virtualSeconds: 100_000 })
  const server = simulation.addHost({ name: 'server', address: addressOf(0) })
  server.start(({ runtime }) => serveEcho(runtime.network))
  let done = 0
  let running = CLIENTS
  for (let index = 1; index <= CLIENTS; index++) {
    const client = simulation.addHost({ name: `client-${index}`, address: addressOf(index) })
    client.start(async ({ runtime }) => {
      const roundTrip = await connectEcho(runtime.network, addressOf(0))
      for (let count = 0; count < ROUND_TRIPS / CLIENTS; count++) {
        await roundTrip(count)
        done++
      }
      if (--running === 0) simulation.world.stop('all answered')
    })
  }
  const end = await simulation.world.run()
  const wallSeconds = (nowMs() - startedMs) / 1000
  if (done !== ROUND_TRIPS) throw new Error(`${done} round trips, and the run ended with ${end.kind}`)
  return {
    value: (2 * done) / wallSeconds,
    wallSeconds,
    virtualSeconds: simulation.world.nowMicros / 1e6,
    entries: simulation.world.entries,
    traceHash: simulation.world.trace.hash(),
  }
}

/** Every link takes 1 to 2 ms, uniformly, as in the peers' benchmark. */
export function simulationOf({ virtualSeconds }: { readonly virtualSeconds: number }): Simulation {
  return createSimulation({
    seed: '1',
    limits: { virtualMicros: virtualSeconds * 1e6, entries: 1e9, realMs: 600_000 },
    fabric: { latency: { minMicros: 1000, maxMicros: 2000, tailShare: 0, tailFactor: 1 } },
  })
}

export function addressOf(host: number): string {
  return `10.0.0.${host + 1}`
}

/** Sends back what comes. */
export async function serveEcho(network: Network): Promise<void> {
  await network.listen({ port: PORT }, connection => {
    connection.handle({ onData: chunk => void connection.write(chunk) })
  })
}

/** Answers a function that sends a message of that number and awaits it back. Tries until the server listens. */
export async function connectEcho(network: Network, address: string): Promise<(count: number) => Promise<void>> {
  let connection: Connection | undefined
  while (connection === undefined) {
    connection = await network.connect({ host: address, port: PORT }).catch(() => undefined)
  }
  return awaitable(connection)
}

function awaitable(connection: Connection): (count: number) => Promise<void> {
  let received: (chunk: Uint8Array) => void = () => undefined
  connection.handle({ onData: chunk => received(chunk) })
  return async count => {
    const message = messageOf(count)
    connection.write(message)
    let missing = MESSAGE_BYTES
    while (missing > 0) {
      const chunk = await new Promise<Uint8Array>(resolve => {
        received = resolve
      })
      const from = MESSAGE_BYTES - missing
      for (let index = 0; index < chunk.length; index++) {
        if (chunk[index] !== message[from + index]) throw new Error(`not what was sent, at byte ${from + index}`)
      }
      missing -= chunk.length
    }
  }
}

function messageOf(count: number): Uint8Array {
  const message = new Uint8Array(MESSAGE_BYTES).fill(count)
  for (let index = 0; index < 4; index++) message[index] = count >>> (8 * index)
  return message
}
