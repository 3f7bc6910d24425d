// The hosts of one installation and of those who use it, as data: what a simulated world is built from.

import { parseConfiguration } from '../system/configuration.ts'
import type { Configuration } from '../system/configuration.ts'
import type { CassandraCluster } from '../sim/cassandra/cluster.ts'
import type { KafkaCluster } from '../sim/kafka/cluster.ts'

export type Role = 'kafka-controller' | 'kafka' | 'store' | 'write' | 'stream' | 'query' | 'client' | 'reader' | 'admin'

export interface HostPlan {
  readonly name: string
  readonly role: Role
  /** From 1, in its role. */
  readonly number: number
  readonly address: string
}

export interface Topology {
  readonly hosts: readonly HostPlan[]
  readonly kafka: KafkaCluster
  readonly cassandra: CassandraCluster
  /** The one that all of our own hosts read. */
  readonly configuration: Configuration
}

export interface TopologyOptions {
  readonly clients: number
  readonly readers: number
  /** As in the file: what is not named here has its default. Brokers and contact points are filled in. */
  readonly configuration: {
    readonly kafka?: Readonly<Record<string, unknown>>
    readonly cassandra?: Readonly<Record<string, unknown>>
    readonly [section: string]: unknown
  }
}

/** Three brokers and their controller, three store hosts, and two hosts of each of our own roles. */
export function topologyOf(options: TopologyOptions): Topology {
  const hosts = COUNTS.flatMap(([role, count]) => hostsOf(role, typeof count === 'number' ? count : options[count]))
  const named = (role: Role): readonly HostPlan[] => hosts.filter(host => host.role === role)
  const { kafka, cassandra, ...others } = options.configuration
  const configuration = parseConfiguration({
    ...others,
    kafka: { ...kafka, brokers: named('kafka').map(({ name }) => `${name}:${BROKER_PORT}`) },
    cassandra: { ...cassandra, contactPoints: named('store').map(({ name }) => name), localDataCentre: DATA_CENTRE },
  })
  return {
    hosts,
    configuration,
    kafka: {
      clusterId: 'foreshock-rehearsal-01',
      controller: { host: 'kafka-controller', port: CONTROLLER_PORT },
      brokers: named('kafka').map(({ name, number }) => ({ id: number, host: name, port: BROKER_PORT })),
    },
    cassandra: {
      name: 'rehearsal',
      nativePort: configuration.cassandra.port,
      storagePort: STORAGE_PORT,
      nodes: named('store').map(({ name, number, address }, _, all) => ({
        ...{ host: name, address, dataCentre: DATA_CENTRE, rack: `rack${number}` },
        tokens: tokensOf(number - 1, all.length),
      })),
    },
  }
}

/** The hosts of a role, by their names. */
export function namesOf(topology: Topology, ...roles: readonly Role[]): readonly string[] {
  return topology.hosts.filter(({ role }) => roles.includes(role)).map(({ name }) => name)
}

const DATA_CENTRE = 'dc1'
const CONTROLLER_PORT = 9093
const BROKER_PORT = 9092
const STORAGE_PORT = 7000

const COUNTS: readonly (readonly [Role, number | 'clients' | 'readers'])[] = [
  ['kafka-controller', 1],
  ['kafka', 3],
  ['store', 3],
  ['write', 2],
  ['stream', 2],
  ['query', 2],
  ['client', 'clients'],
  ['reader', 'readers'],
  ['admin', 1],
]

function hostsOf(role: Role, count: number): readonly HostPlan[] {
  const net = COUNTS.findIndex(([other]) => other === role)
  return Array.from({ length: count }, (_, index) => ({
    name: role === 'kafka-controller' ? role : `${role}-${index + 1}`,
    role,
    number: index + 1,
    address: `10.0.${net}.${index + 1}`,
  }))
}

/** A few of each node, in turn round the ring, so that every range has another first replica than its neighbours. */
function tokensOf(node: number, nodes: number): readonly string[] {
  const step = 2n ** 64n / BigInt(nodes * TOKENS_PER_NODE)
  return Array.from({ length: TOKENS_PER_NODE }, (_, index) =>
    String(-(2n ** 63n) + step * BigInt(index * nodes + node) + step / 2n),
  )
}

const TOKENS_PER_NODE = 4
