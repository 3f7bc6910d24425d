// A broker's process: recovers its logs, registers, takes the roles that the controller gives it, and serves.

import type { Runtime } from '../../../system/runtime/runtime.ts'
import type { BrokerAddress, KafkaCluster } from '../cluster.ts'
import { OFFSETS_TOPIC, partitionOfGroup } from '../group/coordinator-partition.ts'
import { GroupCoordinator } from '../group/group-coordinator.ts'
import { ClusterImage } from '../metadata/cluster-image.ts'
import type { MetadataRecord, PartitionRecord } from '../metadata/metadata-record.ts'
import { Replicas } from '../replication/replicas.ts'
import { die } from '../transport/die.ts'
import { RequestServer } from '../transport/request-server.ts'
import { answerRequest } from './answer-request.ts'
import type { BrokerContext } from './broker-context.ts'
import { BROKER_DEFAULTS } from './broker-settings.ts'
import type { BrokerSettings } from './broker-settings.ts'
import { ControllerLink } from './controller-link.ts'
import { ProducerIds } from './producer-ids.ts'

export interface KafkaBroker {
  /** Registered and unfenced; in the in-sync set of all that it holds; with all replicas in sync in what it leads. */
  isWhole(): boolean
  stop(): Promise<void>
}

/**
 * Resolves when the logs are recovered; then the broker goes on by itself to register and to serve, for as long as that
 * takes. Rejects if the disk fails.
 */
export async function startBroker(
  runtime: Runtime,
  options: {
    readonly cluster: KafkaCluster
    readonly brokerId: number
    readonly settings?: Partial<BrokerSettings>
  },
): Promise<KafkaBroker> {
  const { cluster, brokerId } = options
  const address = cluster.brokers.find(({ id }) => id === brokerId)
  if (address === undefined) throw new Error(`the cluster has no broker ${brokerId}`)
  const broker = new Broker(runtime, { cluster, address, settings: { ...BROKER_DEFAULTS, ...options.settings } })
  await broker.recover()
  void broker.run()
  return broker
}

class Broker implements KafkaBroker {
  readonly #runtime: Runtime
  readonly #address: BrokerAddress
  readonly #image = new ClusterImage()
  readonly #controller: ControllerLink
  readonly #replicas: Replicas
  readonly #groups: GroupCoordinator
  readonly #server: RequestServer
  /** Before it is registered, the broker has no epoch to act under. */
  #isRegistered = false
  #isStopped = false

  constructor(
    runtime: Runtime,
    options: { readonly cluster: KafkaCluster; readonly address: BrokerAddress; readonly settings: BrokerSettings },
  ) {
    const { cluster, address, settings } = options
    const image = this.#image
    this.#runtime = runtime
    this.#address = address
    this.#controller = new ControllerLink(
      { runtime, image, onRecords: records => this.#take(records) },
      { cluster, broker: address, settings },
    )
    this.#replicas = new Replicas(
      {
        ...runtime,
        image,
        proposeIsr: request => this.#controller.alterPartition(request),
        onRole: partition => {
          if (partition.topic === OFFSETS_TOPIC) this.#groups.roleChanged(partition)
        },
        onDiskFailure: error => die(runtime.log, 'broker', error),
      },
      { self: address.id, settings },
    )
    this.#groups = new GroupCoordinator(
      {
        ...runtime,
        isPartition: (topic, partition) => image.partition(topic, partition) !== undefined,
        partitionOf: groupId => {
          const count = image.topics.get(OFFSETS_TOPIC)?.partitions.length ?? 0
          return count === 0 ? undefined : this.#replicas.find(OFFSETS_TOPIC, partitionOfGroup(groupId, count))
        },
      },
      settings,
    )
    const memberIds = runtime.entropy.fork('member ids')
    const context: BrokerContext = {
      runtime,
      cluster,
      brokerId: address.id,
      settings,
      image,
      replicas: this.#replicas,
      groups: this.#groups,
      controller: this.#controller,
      producerIds: new ProducerIds(this.#controller),
      newMemberId: clientId => `${clientId}-${uuidOf(memberIds.bytes(16))}`,
    }
    this.#server = new RequestServer(runtime, {
      port: address.port,
      requestBytesMax: settings.requestBytesMax,
      idleMaxMs: settings.connectionIdleMaxMs,
      answer: request => answerRequest(context, request),
    })
  }

  recover(): Promise<void> {
    return this.#replicas.recover()
  }

  /** A rejection is not caught anywhere: a broker that cannot go on dies, as Kafka's does. */
  async run(): Promise<void> {
    const epoch = await this.#controller.register()
    if (this.#isStopped) return
    this.#replicas.begin(epoch)
    this.#isRegistered = true
    this.#replicas.assume([...this.#image.partitions()])
    await this.#server.listen()
    this.#controller.startHeartbeats()
    this.#runtime.log.write('info', 'broker serves', { id: this.#address.id, epoch })
  }

  isWhole(): boolean {
    return this.#isRegistered && this.#image.isActive(this.#address.id) && this.#replicas.isWhole()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#controller.stop()
    await this.#server.stop()
    this.#groups.stop()
    await this.#replicas.stop()
  }

  #take(records: readonly MetadataRecord[]): void {
    if (!this.#isRegistered) return
    const partitions: PartitionRecord[] = []
    for (const record of records) {
      if (record.kind === 'partition') partitions.push(record)
      else if (record.kind === 'broker' && record.id !== this.#address.id) this.#replicas.brokerChanged(record.id)
    }
    this.#replicas.assume(partitions)
  }
}

/** Random bytes in the form of a version 4 UUID. */
function uuidOf(bytes: Uint8Array): string {
  const copy = Buffer.from(bytes)
  copy[6] = ((copy[6] ?? 0) & 0x0f) | 0x40
  copy[8] = ((copy[8] ?? 0) & 0x3f) | 0x80
  const hex = copy.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
