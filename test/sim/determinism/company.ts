// Three services on their hosts, a Kafka and a Cassandra between them, and a client that asks all three: whatever libraries do
// in a run is done here, with a crash, a power loss and a skewed clock in the middle.

import http from 'node:http'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { startNode } from '../../../sim/cassandra/start-node.ts'
import type { CassandraCluster } from '../../../sim/cassandra/cluster.ts'
import { startBroker } from '../../../sim/kafka/broker/start-broker.ts'
import type { KafkaCluster } from '../../../sim/kafka/cluster.ts'
import { startController } from '../../../sim/kafka/controller/start-controller.ts'
import type { TraceObserver } from '../../../sim/kernel/trace.ts'
import type { RunEnd, World } from '../../../sim/kernel/world.ts'
import { createSimulation } from '../../../sim/simulation.ts'

export interface CompanyRun {
  readonly end: RunEnd
  readonly hash: string
  readonly checkpoints: readonly string[]
  readonly entries: number
  readonly virtualMs: number
  readonly answers: readonly string[]
  readonly deaths: readonly string[]
}

export interface CompanyOptions {
  readonly seed: string
  readonly requests?: number
  /** Between the last request and the reading of what was written. */
  readonly settledAfterMs?: number
  readonly observer?: TraceObserver
}

const KAFKA: KafkaCluster = {
  clusterId: 'company',
  controller: { host: 'kafka-controller', port: 9093 },
  brokers: [1, 2, 3].map(id => ({ id, host: `kafka-${id}`, port: 9092 })),
}

const CASSANDRA: CassandraCluster = {
  name: 'company',
  nativePort: 9042,
  storagePort: 7000,
  nodes: [1, 2, 3].map(number => ({
    host: `store-${number}`,
    address: `10.0.2.${number}`,
    dataCentre: 'dc1',
    rack: 'r1',
    tokens: [String((BigInt(number) - 2n) * 6_148_914_691_236_517_204n)],
  })),
}

/** By then all three take requests. */
const STARTED_AFTER_MS = 9_500

const APPS = ['app-1', 'app-2', 'app-3']

export async function runCompany(options: CompanyOptions): Promise<CompanyRun> {
  const { seed, requests = 40, settledAfterMs = 5_000, observer } = options
  const simulation = createSimulation({
    seed,
    limits: { virtualMicros: 600e6, entries: 5_000_000, realMs: 300_000 },
    ...(observer === undefined ? {} : { observer }),
  })
  const { world } = simulation
  simulation
    .addHost({ name: 'kafka-controller', address: '10.0.1.10' })
    .start(async ({ runtime }) => void (await startController(runtime, { cluster: KAFKA })))
  for (const { id, host } of KAFKA.brokers) {
    simulation
      .addHost({ name: host, address: `10.0.1.${id}` })
      .start(async ({ runtime }) => void (await startBroker(runtime, { cluster: KAFKA, brokerId: id })))
  }
  for (const { host, address } of CASSANDRA.nodes) {
    simulation
      .addHost({ name: host, address })
      .start(async ({ runtime }) => void (await startNode(runtime, { cluster: CASSANDRA, address })))
  }
  for (const [index, name] of APPS.entries()) {
    simulation
      .addHost({ name, address: `10.0.3.${index + 1}`, clock: { skewMs: index * 700, driftPpm: index * 50 } })
      .start(async process => {
        const { startApp } = process.load<typeof import('./app-program.ts')>('test/sim/determinism/app-program.ts')
        await startApp({
          brokers: KAFKA.brokers.map(({ host, port }) => `${host}:${port}`),
          contactPoints: CASSANDRA.nodes.map(({ address }) => address),
          dataCentre: 'dc1',
          port: 80,
        })
      })
  }
  const answers: string[] = []
  simulation
    .addHost({ name: 'client', address: '10.0.4.1' })
    .start(() => ask(world, answers, { requests, settledAfterMs }))
  plantFaults(world)
  const end = await world.run()
  return {
    end,
    hash: world.trace.hash(),
    checkpoints: world.trace.checkpoints,
    entries: world.entries,
    virtualMs: world.nowMicros / 1_000,
    answers,
    deaths: world.deaths.map(({ host, error }) => `${host}: ${error.message}`),
  }
}

/** Later than all are up, in the middle of what the client does. */
function plantFaults(world: World): void {
  const at = (seconds: number, host: string, act: 'crash' | 'powerLoss' | 'restart'): void => {
    world.schedule(seconds * 1e6, undefined, 'fault', () => world.hosts.get(host)?.[act]())
  }
  at(11, 'app-2', 'crash')
  at(12.5, 'app-2', 'restart')
  at(12, 'kafka-2', 'powerLoss')
  at(13, 'store-3', 'crash')
  at(14, 'kafka-2', 'restart')
  at(15, 'store-3', 'restart')
}

/** Half of the requests by node:http, half by fetch; what fails is an answer, too. */
async function ask(
  world: World,
  answers: string[],
  { requests, settledAfterMs }: { readonly requests: number; readonly settledAfterMs: number },
): Promise<void> {
  await pause(STARTED_AFTER_MS)
  const ids: string[] = []
  for (let count = 0; count < requests; count++) {
    const app = APPS[count % APPS.length] as string
    const body = JSON.stringify({ count, now: performance.now() })
    try {
      const answer = count % 2 === 0 ? await postByHttp(app, body) : await postByFetch(app, body)
      ids.push((JSON.parse(answer) as { id: string }).id)
      answers.push(answer)
    } catch (error) {
      answers.push(`${app} failed: ${(error as Error).name}`)
    }
    await pause(Math.random() * 300)
  }
  await pause(settledAfterMs)
  for (const [index, id] of ids.entries()) {
    const app = APPS[index % APPS.length] as string
    const response = await fetch(`http://${app}/events/${id}`, { signal: AbortSignal.timeout(20_000) })
    answers.push(await response.text())
  }
  world.stop('all was asked')
}

async function postByHttp(app: string, body: string): Promise<string> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const request = http.request({ host: app, port: 80, path: '/events', method: 'POST', headers, timeout: 5_000 })
  request.on('timeout', () => request.destroy(new Error('too late')))
  request.end(body)
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  return text(response)
}

async function postByFetch(app: string, body: string): Promise<string> {
  const response = await fetch(`http://${app}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal: AbortSignal.timeout(5_000),
  })
  return response.text()
}

function pause(delayMs: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, delayMs))
}
