// A simulated world with a controller, three brokers and hosts for clients that use kafkajs as the product does.

import type { Kafka } from 'kafkajs'
import { startBroker } from '../../../sim/kafka/broker/start-broker.ts'
import type { KafkaBroker } from '../../../sim/kafka/broker/start-broker.ts'
import type { BrokerSettings } from '../../../sim/kafka/broker/broker-settings.ts'
import type { KafkaCluster } from '../../../sim/kafka/cluster.ts'
import { startController } from '../../../sim/kafka/controller/start-controller.ts'
import type { Host, HostProcess } from '../../../sim/kernel/host.ts'
import { createSimulation } from '../../../sim/simulation.ts'
import type { Simulation } from '../../../sim/simulation.ts'
import type { Configuration } from '../../../system/configuration.ts'
import { ClientPrograms, until } from '../client-programs.ts'

export const TOPIC = 'events'

export interface ClientProcess extends HostProcess {
  readonly kafka: Kafka
}

export interface KafkaWorld {
  readonly simulation: Simulation
  readonly controller: Host
  /** By broker id minus one. */
  readonly brokers: readonly Host[]
  broker(id: number): KafkaBroker | undefined
  isWhole(): boolean
  /** A kafkajs client that begins with the other brokers. */
  kafkaWithout(process: HostProcess, brokerId: number): Kafka
  /** Runs the program on a host of its own; the run ends when the last one has ended, or fails with its error. */
  client(name: string, program: (process: ClientProcess) => Promise<void>): Host
  /** Runs to the end; rejects if a program failed, or if the world came to another end. */
  run(): Promise<void>
}

export const CLUSTER: KafkaCluster = {
  clusterId: 'test-cluster',
  controller: { host: '10.0.0.10', port: 9093 },
  brokers: [1, 2, 3].map(id => ({ id, host: `10.0.0.${id}`, port: 9092 })),
}

export function kafkaWorld(
  seed: string,
  options: {
    readonly settings?: Partial<BrokerSettings>
    readonly virtualSeconds?: number
    readonly diskBytesOfBroker1?: number
    /** Broker 1 stops by itself, in its first life, at that time. */
    readonly stopBroker1AtMs?: number
  } = {},
): KafkaWorld {
  const simulation = createSimulation({
    seed,
    limits: { virtualMicros: (options.virtualSeconds ?? 600) * 1e6, entries: 20_000_000, realMs: 120_000 },
  })
  const running = new Map<number, { incarnation: number; broker: KafkaBroker }>()
  const controller = simulation.addHost({ name: 'kafka-controller', address: CLUSTER.controller.host })
  controller.start(async ({ runtime }) => void (await startController(runtime, { cluster: CLUSTER })))
  const brokers = CLUSTER.brokers.map(({ id, host: address }) => {
    const { diskBytesOfBroker1 } = options
    const disk = id === 1 && diskBytesOfBroker1 !== undefined ? { capacityBytes: diskBytesOfBroker1 } : {}
    const host = simulation.addHost({ name: `kafka-${id}`, address, disk })
    host.start(async ({ runtime }) => {
      const { incarnation } = host
      const broker = await startBroker(runtime, { cluster: CLUSTER, brokerId: id, settings: options.settings ?? {} })
      running.set(id, { incarnation, broker })
      const { stopBroker1AtMs = 0 } = options
      const delayMs = stopBroker1AtMs - runtime.clock.monotonicMs()
      if (id === 1 && delayMs > 0) runtime.clock.setTimer(delayMs, () => void broker.stop())
    })
    return host
  })
  const brokerOf = (id: number): KafkaBroker | undefined => {
    const host = brokers[id - 1]
    const known = running.get(id)
    return host?.state === 'up' && known?.incarnation === host.incarnation ? known.broker : undefined
  }
  const clients = new ClientPrograms(simulation)
  return {
    simulation,
    controller,
    brokers,
    broker: brokerOf,
    kafkaWithout: (process, brokerId) => kafkaOf(process, brokerId),
    isWhole: () => CLUSTER.brokers.every(({ id }) => brokerOf(id)?.isWhole() === true),
    client: (name, program) => clients.start(name, process => program({ ...process, kafka: kafkaOf(process) })),
    run: () => clients.run(),
  }
}

/** As the product makes it, in the process's own instance of kafkajs. */
function kafkaOf(process: HostProcess, without = 0): Kafka {
  const { kafkaClient } =
    process.load<typeof import('../../../system/queue/kafka-client.ts')>('system/queue/kafka-client.ts')
  const brokers = CLUSTER.brokers.filter(({ id }) => id !== without)
  const addresses = brokers.map(({ host, port }) => `${host}:${port}`)
  const configuration = {
    kafka: { brokers: addresses },
    limits: { produceTimeoutMs: 5_000 },
  } as unknown as Configuration
  return kafkaClient(process.runtime, configuration)
}

export async function createTopic(
  kafka: Kafka,
  options: {
    readonly topic?: string
    readonly partitions?: number
    readonly configs?: Readonly<Record<string, string>>
  } = {},
): Promise<void> {
  const { topic = TOPIC, partitions = 3, configs = { 'min.insync.replicas': '2' } } = options
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({
    waitForLeaders: true,
    topics: [
      {
        topic,
        numPartitions: partitions,
        replicationFactor: 3,
        configEntries: Object.entries(configs).map(([name, value]) => ({ name, value })),
      },
    ],
  })
  await admin.disconnect()
}

/** Everything in the partition that a consumer may see, from the start. */
export async function readAll(process: ClientProcess, partition: number, topic: string = TOPIC): Promise<string[]> {
  const { kafka, runtime } = process
  const admin = kafka.admin()
  await admin.connect()
  const offsets = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  const end = Number(offsets.find(each => each.partition === partition)?.high ?? 0)
  const values: string[] = []
  if (end === 0) return values
  const groupId = `reader ${Buffer.from(runtime.entropy.fork('reader').bytes(8)).toString('hex')} ${runtime.clock.monotonicMs()}`
  const consumer = kafka.consumer({ groupId, sessionTimeout: 10_000, rebalanceTimeout: 10_000 })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  let next = 0
  await consumer.run({
    eachMessage: async ({ partition: from, message }) => {
      if (from !== partition) return
      next = Number(message.offset) + 1
      values.push(message.value?.toString() ?? '')
    },
  })
  await until(process, `read up to ${end}`, () => next >= end)
  await consumer.disconnect()
  return values
}
