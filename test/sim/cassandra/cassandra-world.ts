// A simulated world with three store hosts, and hosts for clients that use cassandra-driver as the product does.

import type { Client } from 'cassandra-driver'
import type { CassandraCluster } from '../../../sim/cassandra/cluster.ts'
import type { NodeSettings } from '../../../sim/cassandra/node-settings.ts'
import type { CassandraNode } from '../../../sim/cassandra/start-node.ts'
import { startNode } from '../../../sim/cassandra/start-node.ts'
import type { Host, HostProcess } from '../../../sim/kernel/host.ts'
import { createSimulation } from '../../../sim/simulation.ts'
import type { Simulation } from '../../../sim/simulation.ts'
import { parseConfiguration } from '../../../system/configuration.ts'
import type { Disk } from '../../../system/runtime/disk.ts'
import type { Configuration } from '../../../system/configuration.ts'
import { ClientPrograms } from '../client-programs.ts'

export interface ClientProcess extends HostProcess {
  /** Connected, with the product's options. */
  connect(options?: ConnectOptions): Promise<Client>
}

export interface ConnectOptions {
  /** Of these nodes only, by index: all statements go to them. */
  readonly through?: readonly number[]
  readonly dataCentre?: string
  readonly options?: Readonly<Record<string, unknown>>
}

export interface CassandraWorld {
  readonly simulation: Simulation
  readonly stores: readonly Host[]
  isWhole(): boolean
  node(index: number): CassandraNode | undefined
  /** Runs the program on a host of its own; the run ends when the last one has ended, or fails with its error. */
  client(name: string, program: (process: ClientProcess) => Promise<void>): Host
  /** Runs to the end; rejects if a program failed, or if the world came to another end. */
  run(): Promise<void>
}

export const CLUSTER: CassandraCluster = {
  name: 'test',
  nativePort: 9042,
  storagePort: 7000,
  nodes: [1, 2, 3].map(number => ({
    ...{ host: `store-${number}`, address: `10.0.0.${number}`, dataCentre: 'dc1', rack: `rack${number}` },
    tokens: [-3n, -1n, 1n, 3n].map(step => String(step * 2n ** 61n + BigInt(number) * 2n ** 58n)),
  })),
}

export const CONFIGURATION: Configuration = parseConfiguration({
  kafka: { brokers: ['10.0.9.9:9092'] },
  cassandra: {
    contactPoints: CLUSTER.nodes.map(({ address }) => address),
    localDataCentre: 'dc1',
    replication: { dc1: 3 },
  },
  projects: [],
})

export function cassandraWorld(
  seed: string,
  options: {
    readonly settings?: Partial<NodeSettings>
    readonly virtualSeconds?: number
    readonly cluster?: CassandraCluster
    /** What a node at that index is given for a disk, at each boot. */
    readonly diskOf?: (index: number, disk: Disk) => Disk
  } = {},
): CassandraWorld {
  const simulation = createSimulation({
    seed,
    limits: { virtualMicros: (options.virtualSeconds ?? 600) * 1e6, entries: 20_000_000, realMs: 120_000 },
  })
  const running = new Map<number, { readonly incarnation: number; readonly node: CassandraNode }>()
  const { cluster = CLUSTER } = options
  const stores = cluster.nodes.map(({ host: name, address }, index) => {
    const host = simulation.addHost({ name, address })
    host.start(async ({ runtime }) => {
      const { incarnation } = host
      const settings = { commitLogSync: 'group', ...options.settings } as const
      const disk = options.diskOf?.(index, runtime.disk) ?? runtime.disk
      const node = await startNode({ ...runtime, disk }, { cluster, address, settings })
      running.set(index, { incarnation, node })
    })
    return host
  })
  const node = (index: number): CassandraNode | undefined => {
    const host = stores[index]
    const known = running.get(index)
    return host?.state === 'up' && known?.incarnation === host.incarnation ? known.node : undefined
  }
  const clients = new ClientPrograms(simulation)
  return {
    simulation,
    stores,
    node,
    isWhole: () => stores.every((_, index) => node(index)?.isWhole() === true),
    client: (name, program) =>
      clients.start(name, process =>
        program({ ...process, connect: connectOptions => connect(process, { cluster, ...connectOptions }) }),
      ),
    run: () => clients.run(),
  }
}

async function connect(
  process: HostProcess,
  { cluster, through, dataCentre = 'dc1', options }: ConnectOptions & { readonly cluster: CassandraCluster },
): Promise<Client> {
  const driver = process.load<typeof import('cassandra-driver')>('node_modules/cassandra-driver/index.js')
  const { policies, types } = driver
  const balancing =
    through === undefined
      ? new policies.loadBalancing.TokenAwarePolicy(new policies.loadBalancing.DCAwareRoundRobinPolicy(dataCentre))
      : new policies.loadBalancing.AllowListPolicy(
          new policies.loadBalancing.DCAwareRoundRobinPolicy(dataCentre),
          through.map(index => `${cluster.nodes[index]?.address}:9042`),
        )
  const contacts = through ?? cluster.nodes.map((_, index) => index)
  const client = new driver.Client({
    contactPoints: contacts.map(index => cluster.nodes[index]?.address ?? ''),
    localDataCenter: dataCentre,
    protocolOptions: { port: 9042, maxVersion: 4 },
    pooling: { coreConnectionsPerHost: { [types.distance.local]: 1, [types.distance.remote]: 1 } },
    policies: {
      loadBalancing: balancing,
      retry: new policies.retry.FallthroughRetryPolicy(),
      timestampGeneration: null as never,
    },
    socketOptions: { connectTimeout: 2_000, readTimeout: 12_000 },
    queryOptions: { prepare: true, consistency: types.consistencies.localQuorum, captureStackTrace: false },
    encoding: { useBigIntAsLong: true },
    monitorReporting: { enabled: false },
    ...options,
  })
  await client.connect()
  return client
}
