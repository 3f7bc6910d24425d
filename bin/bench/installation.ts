// A whole installation of three brokers, three store hosts and two of each of our own, with nothing to do or with little.

import { startCluster } from '../../scenarios/cluster.ts'
import type { Cluster } from '../../scenarios/cluster.ts'
import { HttpClient } from '../../scenarios/http-client.ts'
import type { HttpRequest } from '../../scenarios/http-client.ts'
import { namesOf, topologyOf } from '../../scenarios/topology.ts'
import type { Topology } from '../../scenarios/topology.ts'
import { real } from '../../sim/kernel/real.ts'
import type { World } from '../../sim/kernel/world.ts'
import { createSimulation } from '../../sim/simulation.ts'
import type { Runtime } from '../../system/runtime/runtime.ts'
import type { Measured } from './measured.ts'

/** Virtual seconds in a wall second, from when everything is up. */
export async function measureIdleInstallation(virtualSeconds: number): Promise<Measured> {
  return measure({ virtualSeconds, clients: 0, settleSeconds: 0 })
}

/**
 * The same, while a client sends ten requests each virtual second: nine with events, one with a query. A minute of it goes
 * first and does not count: until then most of the code has never run.
 */
export async function measureBusyInstallation(virtualSeconds: number): Promise<Measured> {
  return measure({ virtualSeconds, clients: 1, settleSeconds: 60 })
}

interface Setting {
  readonly virtualSeconds: number
  readonly clients: number
  readonly settleSeconds: number
}

async function measure({ virtualSeconds, clients, settleSeconds }: Setting): Promise<Measured> {
  const seconds = settleSeconds + virtualSeconds
  const limits = { virtualMicros: (BOOT_SECONDS + seconds) * 1e6, entries: 1e9, realMs: 600_000 }
  const simulation = createSimulation({ seed: '1', limits })
  const topology = topologyOf({ clients, readers: 0, configuration: { projects: [PROJECT] } })
  const cluster = startCluster(simulation, topology)
  const requests = new Requests(topology)
  for (const name of namesOf(topology, 'client')) {
    simulation.world.hosts.get(name)?.start(({ runtime }) => requests.send(runtime, () => cluster.isReady()))
  }
  const { startedMs, startedEntries } = await runFor(
    simulation.world,
    { virtualSeconds, clients, settleSeconds },
    cluster,
  )
  const wallSeconds = (real.nowMs() - startedMs) / 1000
  requests.check(clients * seconds * REQUESTS_PER_SECOND)
  return {
    value: virtualSeconds / wallSeconds,
    wallSeconds,
    virtualSeconds,
    entries: simulation.world.entries - startedEntries,
    traceHash: simulation.world.trace.hash(),
  }
}

/** Runs the world until so long after the cluster was ready and settled; answers when that was. */
async function runFor(
  world: World,
  { virtualSeconds, settleSeconds }: Setting,
  cluster: Cluster,
): Promise<{ readonly startedMs: number; readonly startedEntries: number }> {
  let started: { readonly startedMs: number; readonly startedEntries: number } | undefined
  const begin = (): void => {
    started = { startedMs: real.nowMs(), startedEntries: world.entries }
    world.schedule(virtualSeconds * 1e6, undefined, 'world', () => world.stop('measured'))
  }
  const look = (): void => {
    if (!cluster.isReady()) {
      world.schedule(LOOK_MICROS, undefined, 'world', look)
      return
    }
    world.schedule(settleSeconds * 1e6, undefined, 'world', begin)
  }
  look()
  const end = await world.run()
  if (end.kind === 'harness-failed') throw end.error
  const [death] = world.deaths
  if (death !== undefined) throw new Error(`${death.host} died: ${death.error.stack}`)
  if (started === undefined) throw new Error(`the run ended with ${end.kind}, and ${cluster.missing()}`)
  if (end.kind !== 'stopped') throw new Error(`the run ended with ${end.kind}`)
  return started
}

const BOOT_SECONDS = 300
const LOOK_MICROS = 100_000
const REQUESTS_PER_SECOND = 10
const REQUEST_TIMEOUT_MS = 10_000

const PROJECT = {
  ...{ id: '5f0c1a2b3d4e5f6a7b8c9d0e', name: 'bench' },
  ...{ writeKey: 'benchWrites5f0c1a2b', readKey: 'benchReads5f0c1a2b', masterKey: 'benchMasters5f0c1a2b' },
}

/** The client's requests, one each tenth of a second, to the hosts in turn. */
class Requests {
  readonly #topology: Topology
  readonly #failures: string[] = []
  #answered = 0

  constructor(topology: Topology) {
    this.#topology = topology
  }

  async send({ clock, network }: Runtime, isReady: () => boolean): Promise<void> {
    const http = new HttpClient({ clock, network })
    while (!isReady()) await clock.sleep(LOOK_MICROS / 1000)
    for (let count = 0; ; count++) {
      void this.#follow(http, this.#requestOf(count))
      await clock.sleep(1000 / REQUESTS_PER_SECOND)
    }
  }

  /** All but those of the last second must have been answered, and none refused. */
  check(sent: number): void {
    if (this.#failures.length > 0) throw new Error(`${this.#failures.length} requests failed: ${this.#failures[0]}`)
    if (this.#answered < sent - REQUESTS_PER_SECOND) throw new Error(`${this.#answered} of ${sent} requests answered`)
  }

  async #follow(http: HttpClient, request: HttpRequest): Promise<void> {
    const outcome = await http.request(request)
    this.#answered++
    if (outcome.kind !== 'answer') this.#failures.push(`${request.target}: ${outcome.why}`)
    else if (outcome.answer.status >= 300) this.#failures.push(`${request.target}: status ${outcome.answer.status}`)
  }

  #requestOf(count: number): HttpRequest {
    const isQuery = count % REQUESTS_PER_SECOND === REQUESTS_PER_SECOND - 1
    const hosts = namesOf(this.#topology, isQuery ? 'query' : 'write')
    const common = {
      host: hosts[count % hosts.length] ?? '',
      port: this.#topology.configuration.http.port,
      timeoutMs: REQUEST_TIMEOUT_MS,
    }
    const project = `/3.0/projects/${PROJECT.id}`
    if (isQuery) {
      const target = `${project}/queries/count?event_collection=visits&timeframe=this_1_hours`
      return { ...common, method: 'GET', target, headers: { authorization: PROJECT.readKey } }
    }
    const headers = { authorization: PROJECT.writeKey, 'content-type': 'application/json' }
    const isBulk = count % 3 === 0
    const target = isBulk ? `${project}/events` : `${project}/events/visits`
    const content = isBulk ? { visits: Array.from({ length: BULK_EVENTS }, () => visit(count)) } : visit(count)
    return { ...common, method: 'POST', target, headers, body: new TextEncoder().encode(JSON.stringify(content)) }
  }
}

const BULK_EVENTS = 10

function visit(count: number): object {
  return { page: `/page/${count % 50}`, visitor: { id: count % 1000, country: 'CH' }, seconds: count % 60 }
}
