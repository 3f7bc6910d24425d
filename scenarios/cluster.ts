// Starts an installation in a simulated world: Kafka, Cassandra, and our own hosts, each as a program of its host that runs
// again at every boot.

import { startNode } from '../sim/cassandra/start-node.ts'
import { startBroker } from '../sim/kafka/broker/start-broker.ts'
import { startController } from '../sim/kafka/controller/start-controller.ts'
import type { HostProcess } from '../sim/kernel/host.ts'
import type { Simulation } from '../sim/simulation.ts'
import type { HostPlan, Topology } from './topology.ts'

export interface Cluster {
  /** Every service is up, the topic and the tables are there, and every copy is whole. */
  isReady(): boolean
  /** The service on the host is up, in the process that runs there now. Of hosts without a service: always. */
  serves(host: string): boolean
  /** Every broker and every store host is up, in sync, and owes nothing to another. */
  isWhole(): boolean
  /** What is not up or not whole, in words; undefined: nothing. */
  missing(): string | undefined
}

/** Adds all hosts of the topology and starts their programs; clients and readers have none yet. */
export function startCluster(simulation: Simulation, topology: Topology): Cluster {
  const services = new Map<string, Running>()
  let isMigrated = false

  for (const plan of topology.hosts) {
    const { name, address } = plan
    const host = simulation.addHost({ name, address })
    const start = programOf(plan, topology)
    if (start === undefined) continue
    host.start(async process => {
      const service = await start(process)
      if (plan.role === 'admin') isMigrated = true
      services.set(name, { incarnation: host.incarnation, service })
    })
  }

  const hasService = topology.hosts.filter(plan => programOf(plan, topology) !== undefined)
  const serviceOn = (name: string): Service | undefined => {
    const host = simulation.world.hosts.get(name)
    const running = services.get(name)
    return host?.state === 'up' && running?.incarnation === host.incarnation ? running.service : undefined
  }
  const idle = (): readonly string[] =>
    hasService.filter(({ name }) => serviceOn(name) === undefined).map(({ name }) => name)
  const partial = (): readonly string[] =>
    hasService.filter(({ name }) => serviceOn(name)?.isWhole?.() === false).map(({ name }) => name)
  const isWhole = (): boolean => idle().length === 0 && partial().length === 0

  return {
    isReady: () => isMigrated && isWhole(),
    serves: name => !hasService.some(plan => plan.name === name) || serviceOn(name) !== undefined,
    isWhole,
    missing() {
      if (idle().length > 0) return `not up: ${idle().join(', ')}`
      return partial().length > 0 ? `not whole: ${partial().join(', ')}` : undefined
    },
  }
}

/** What a program leaves running. */
interface Service {
  isWhole?(): boolean
}

interface Running {
  readonly incarnation: number
  readonly service: Service
}

type Start = (process: HostProcess) => Promise<Service>

/** Undefined: nothing runs there but what the caller starts. */
function programOf({ role, number, address }: HostPlan, topology: Topology): Start | undefined {
  const { kafka, cassandra, configuration } = topology
  switch (role) {
    case 'kafka-controller':
      return async ({ runtime }) => {
        await startController(runtime, { cluster: kafka })
        return {}
      }
    case 'kafka':
      return ({ runtime }) => startBroker(runtime, { cluster: kafka, brokerId: number })
    case 'store':
      // What was answered must survive a power loss: periodic sync, the default, would not do.
      return ({ runtime }) => startNode(runtime, { cluster: cassandra, address, settings: { commitLogSync: 'group' } })
    case 'write':
      return async process => {
        const { startWrite } = process.load<typeof import('../system/roles/write.ts')>('system/roles/write.ts')
        await startWrite(process.runtime, configuration)
        return {}
      }
    case 'stream':
      return async process => {
        const { startStream } = process.load<typeof import('../system/roles/stream.ts')>('system/roles/stream.ts')
        await startStream(process.runtime, configuration)
        return {}
      }
    case 'query':
      return async process => {
        const { startQuery } = process.load<typeof import('../system/roles/query.ts')>('system/roles/query.ts')
        await startQuery(process.runtime, configuration)
        return {}
      }
    case 'admin':
      return async process => {
        const { migrate } = process.load<typeof import('../system/roles/migrate.ts')>('system/roles/migrate.ts')
        await migrate(process.runtime, configuration)
        return {}
      }
    case 'client':
    case 'reader':
      return undefined
  }
}
