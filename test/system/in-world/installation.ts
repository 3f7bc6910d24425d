// A small installation in a simulated world, and somebody who uses it.

import { HttpClient } from '../../../scenarios/http-client.ts'
import { startCluster } from '../../../scenarios/cluster.ts'
import type { Cluster } from '../../../scenarios/cluster.ts'
import { topologyOf } from '../../../scenarios/topology.ts'
import type { LogLine } from '../../../sim/kernel/log-book.ts'
import type { Host, HostProcess } from '../../../sim/kernel/host.ts'
import { createSimulation } from '../../../sim/simulation.ts'
import type { Network } from '../../../system/runtime/network.ts'

export const PROJECT = 'p1'
export const WRITE_KEY: string = 'W'.repeat(64)
export const READ_KEY: string = 'R'.repeat(64)

/** What a user can do, from a host of its own. */
export interface User {
  readonly cluster: Cluster
  readonly network: Network
  host(name: string): Host
  sleep(ms: number): Promise<void>
  nowMs(): number
  /** Sends a body to the write host of that number; the status and the body of the answer. */
  write(server: number, path: string, body: unknown): Promise<Answer>
  /** Asks the query host of that number. */
  ask(server: number, analysis: string, parameters: unknown): Promise<Answer>
  /** Looks every 100 ms until it is so; throws after `withinMs`. */
  until(what: string, isSo: () => boolean | Promise<boolean>, withinMs: number): Promise<void>
}

export interface Answer {
  readonly status: number
  readonly body: unknown
}

export interface Lived {
  readonly logs: readonly LogLine[]
  readonly virtualMs: number
  readonly entries: number
  readonly traceHash: string
}

/** Lets `use` run once everything is ready and a first event was visible, and ends the world when it is done. Rejects with what it threw. */
export async function inWorld(
  use: (user: User) => Promise<void>,
  options: { readonly seed?: string; readonly configuration?: Readonly<Record<string, unknown>> } = {},
): Promise<Lived> {
  const limits = { virtualMicros: 4_000_000_000, entries: 20_000_000, realMs: 60_000 }
  const simulation = createSimulation({ seed: options.seed ?? '1', limits })
  const topology = topologyOf({
    clients: 1,
    readers: 0,
    configuration: {
      kafka: { partitions: 4 },
      projects: [{ id: PROJECT, writeKey: WRITE_KEY, readKey: READ_KEY, masterKey: 'M'.repeat(64) }],
      ...options.configuration,
    },
  })
  const cluster = startCluster(simulation, topology)
  const { world } = simulation
  const client = world.hosts.get('client-1')
  if (client === undefined) throw new Error('the topology has no client')
  let failure: unknown
  const run = async (process: HostProcess): Promise<void> => {
    const user = userOn(process, cluster, topology.configuration.http.port)
    try {
      await user.until('everything is ready', () => cluster.isReady(), 120_000)
      await warmUp(user)
      await use(user)
    } catch (error) {
      failure = error
    }
    world.stop('used')
  }
  client.start(run)
  const end = await world.run()
  if (failure !== undefined) throw failure as Error
  if (end.kind !== 'stopped') throw new Error(`the world ended as ${end.kind}: ${cluster.missing() ?? 'all was up'}`)
  return {
    logs: world.logs.lines,
    virtualMs: world.nowMicros / 1_000,
    entries: world.entries,
    traceHash: world.trace.hash(),
  }
}

/** A consumer group takes some seconds to form; from then on an event is visible soon. */
async function warmUp(user: User): Promise<void> {
  await user.write(1, '/warm-up', {})
  const isVisible = async (): Promise<boolean> => {
    const { body } = await user.ask(1, 'count', { event_collection: 'warm-up' })
    return (body as { readonly result: number }).result === 1
  }
  await user.until('the first event is visible', isVisible, 60_000)
}

function userOn({ host, runtime }: HostProcess, cluster: Cluster, port: number): User {
  const http = new HttpClient(runtime)
  const request = async (
    server: string,
    of: { readonly target: string; readonly key: string; readonly body: unknown },
  ): Promise<Answer> => {
    const outcome = await http.request({
      ...{ host: server, port, method: 'POST', target: of.target, timeoutMs: 30_000 },
      headers: { authorization: of.key },
      body: of.body instanceof Uint8Array ? of.body : Buffer.from(JSON.stringify(of.body)),
    })
    if (outcome.kind !== 'answer') throw new Error(`no answer of ${server}: ${outcome.kind}, ${outcome.why}`)
    const { status, body } = outcome.answer
    return { status, body: JSON.parse(Buffer.from(body).toString()) as unknown }
  }
  const user: User = {
    cluster,
    network: runtime.network,
    host(name) {
      const found = host.world.hosts.get(name)
      if (found === undefined) throw new Error(`there is no host ${name}`)
      return found
    },
    sleep: ms => runtime.clock.sleep(ms),
    nowMs: () => runtime.clock.monotonicMs(),
    write: (server, path, body) =>
      request(`write-${server}`, { target: `/3.0/projects/${PROJECT}/events${path}`, key: WRITE_KEY, body }),
    ask: (server, analysis, parameters) =>
      request(`query-${server}`, {
        ...{ target: `/3.0/projects/${PROJECT}/queries/${analysis}`, key: READ_KEY },
        body: parameters,
      }),
    async until(what, isSo, withinMs) {
      const untilMs = runtime.clock.monotonicMs() + withinMs
      while (!(await isSo())) {
        if (runtime.clock.monotonicMs() >= untilMs) {
          throw new Error(`not within ${withinMs} ms: ${what}; ${cluster.missing() ?? 'all is up'}`)
        }
        await runtime.clock.sleep(100)
      }
    },
  }
  return user
}
