// One server and five clients over simulated TCP: each client sends 64 bytes, awaits them back, checks them, and again.

import type { Connection, Network } from '../../system/runtime/network.ts'
import { real } from '../../sim/kernel/real.ts'
import { createSimulation } from '../../sim/simulation.ts'
import type { Simulation } from '../../sim/simulation.ts'
import type { Measured } from './measured.ts'

const ROUND_TRIPS = 100_000
const CLIENTS = 5
const PORT = 7
const MESSAGE_BYTES = 64

/** Messages in a wall second; a round trip is two. Building the world counts, the start of the process does not. */
export async function measureEcho(): Promise<Measured> {
  const startedMs = real.nowMs()
  const simulation = simulationOf({ virtualSeconds: 100_000 })
  const server = simulation.addHost({ name: 'server', address: addressOf(0) })
  server.start(({ runtime }) => serveEcho(runtime.network))
  let done = 0
  let running = CLIENTS
  for (let index = 1; index <= CLIENTS; index++) {
    const client = simulation.addHost({ name: `client-${index}`, address: addressOf(index) })
    client.start(async ({ runtime }) => {
      const echo = await connectEcho(runtime.network, addressOf(0))
      for (let count = 0; count < ROUND_TRIPS / CLIENTS; count++) {
        await echo.roundTrip(count)
        done++
      }
      if (--running === 0) simulation.world.stop('all answered')
    })
  }
  const end = await simulation.world.run()
  const wallSeconds = (real.nowMs() - startedMs) / 1000
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

/** A connection to the server; tries until that listens. */
export async function connectEcho(network: Network, address: string): Promise<EchoClient> {
  for (;;) {
    const connection = await network.connect({ host: address, port: PORT }).catch(() => undefined)
    if (connection !== undefined) return new EchoClient(connection)
  }
}

export class EchoClient {
  readonly #connection: Connection
  #received: (chunk: Uint8Array) => void = () => undefined

  constructor(connection: Connection) {
    this.#connection = connection
    connection.handle({ onData: chunk => this.#received(chunk) })
  }

  /** Sends a message of that number, awaits it back, and checks each byte. */
  async roundTrip(count: number): Promise<void> {
    const message = messageOf(count)
    this.#connection.write(message)
    let position = 0
    while (position < MESSAGE_BYTES) {
      const chunk = await this.#read()
      for (let index = 0; index < chunk.length; index++, position++) {
        if (chunk[index] !== message[position])
          throw new Error(`byte ${position} of message ${count} is not what was sent`)
      }
    }
  }

  #read(): Promise<Uint8Array> {
    return new Promise(resolve => {
      this.#received = resolve
    })
  }
}

function messageOf(count: number): Uint8Array {
  const message = new Uint8Array(MESSAGE_BYTES)
  for (let index = 0; index < MESSAGE_BYTES; index++) message[index] = index < 4 ? count >>> (8 * index) : count
  return message
}
