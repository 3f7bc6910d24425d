// Metadata: the cluster as this broker knows it, which may be a little behind.

import { OFFSETS_TOPIC } from '../group/coordinator-partition.ts'
import type { PartitionRecord } from '../metadata/metadata-record.ts'
import { checkTopicName } from '../controller/place-replicas.ts'
import { ERROR, KafkaError } from '../wire/error-code.ts'
import type { MetadataRequest, MetadataResponse, PartitionMetadata } from '../wire/metadata.ts'
import type { BrokerContext } from './broker-context.ts'

export function answerMetadata(broker: BrokerContext, request: MetadataRequest): MetadataResponse {
  const { image, cluster } = broker
  const names = request.topics ?? [...image.topics.keys()].sort()
  const active = image.activeBrokers()
  return {
    brokers: active.map(({ id, host, port, rack }) => ({ id, host, port, rack })),
    clusterId: cluster.clusterId,
    // Any active broker will do: what is meant for the controller is handed on to it.
    controllerId: image.isActive(broker.brokerId) ? broker.brokerId : (active[0]?.id ?? -1),
    topics: names.map(topic => describe(broker, topic, request.allowAutoTopicCreation)),
  }
}

function describe(broker: BrokerContext, topic: string, mayCreate: boolean): MetadataResponse['topics'][number] {
  const known = broker.image.topics.get(topic)
  const isInternal = topic === OFFSETS_TOPIC
  if (known === undefined) {
    const error = errorOfUnknown(topic)
    if (error === ERROR.UNKNOWN_TOPIC_OR_PARTITION && mayCreate && broker.settings.autoCreateTopics && !isInternal) {
      create(broker, topic)
    }
    return { error, topic, isInternal, partitions: [] }
  }
  const partitions = known.partitions.map(partition => describePartition(broker, partition))
  return { error: ERROR.NONE, topic, isInternal, partitions }
}

function describePartition(broker: BrokerContext, record: PartitionRecord): PartitionMetadata {
  const hasLeader = broker.image.isActive(record.leader)
  return {
    error: hasLeader ? ERROR.NONE : ERROR.LEADER_NOT_AVAILABLE,
    partition: record.partition,
    leader: hasLeader ? record.leader : -1,
    leaderEpoch: record.leaderEpoch,
    replicas: record.replicas,
    isr: record.isr,
    offlineReplicas: record.replicas.filter(id => !broker.image.isActive(id)),
  }
}

function errorOfUnknown(topic: string): number {
  try {
    checkTopicName(topic)
    return ERROR.UNKNOWN_TOPIC_OR_PARTITION
  } catch (error) {
    if (error instanceof KafkaError) return error.code
    throw error
  }
}

/** Whoever asked hears that the topic is not there yet, and asks again. */
function create(broker: BrokerContext, name: string): void {
  const topic = { name, partitions: -1, replicationFactor: -1, assignments: [], configs: [] }
  broker.controller.createTopics({ topics: [topic], timeoutMs: 5_000, validateOnly: false }).catch((error: unknown) => {
    broker.runtime.log.write('debug', 'topic not created', { topic: name, error: String(error) })
  })
}
