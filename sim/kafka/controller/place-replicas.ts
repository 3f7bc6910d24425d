// Which brokers hold the partitions of a new topic, and whether the wish can be met.

import { ERROR, KafkaError } from '../wire/error-code.ts'
import type { NewTopic } from '../wire/create-topics.ts'

export const TOPIC_NAME_LENGTH_MAX = 249
export const PARTITIONS_MAX = 10_000

export interface PlacementDefaults {
  readonly numPartitions: number
  readonly defaultReplicationFactor: number
}

/** Throws with Kafka's code if the name is not one for a topic. */
export function checkTopicName(name: string): void {
  const isLegal = name.length > 0 && name.length <= TOPIC_NAME_LENGTH_MAX && /^[a-zA-Z0-9._-]+$/.test(name)
  if (!isLegal || name === '.' || name === '..') {
    throw new KafkaError(ERROR.INVALID_TOPIC_EXCEPTION, `Topic name ${JSON.stringify(name)} is illegal`)
  }
}

/**
 * The replicas of each partition, the preferred leader first. `brokers`: the active ones. Each topic begins at another
 * broker, so that the leaders of many small topics are spread; then it goes round.
 */
export function placeReplicas(
  topic: NewTopic,
  options: { readonly brokers: readonly number[]; readonly start: number; readonly defaults: PlacementDefaults },
): readonly (readonly number[])[] {
  if (topic.assignments.length > 0) return manualAssignment(topic, options.brokers)
  const { brokers, start, defaults } = options
  const partitions = topic.partitions === -1 ? defaults.numPartitions : topic.partitions
  const factor = topic.replicationFactor === -1 ? defaults.defaultReplicationFactor : topic.replicationFactor
  if (partitions < 1 || partitions > PARTITIONS_MAX) {
    throw new KafkaError(ERROR.INVALID_PARTITIONS, `Number of partitions was set to ${partitions}`)
  }
  if (factor < 1) throw new KafkaError(ERROR.INVALID_REPLICATION_FACTOR, `Replication factor was set to ${factor}`)
  if (factor > brokers.length) {
    throw new KafkaError(
      ERROR.INVALID_REPLICATION_FACTOR,
      `The target replication factor of ${factor} cannot be reached because only ${brokers.length} broker(s) are registered.`,
    )
  }
  return Array.from({ length: partitions }, (_, partition) => {
    const round = Math.floor(partition / brokers.length)
    return Array.from({ length: factor }, (_, replica) => {
      // The followers of a leader change from round to round, so that its load falls on all others when it goes.
      const shift = replica === 0 ? 0 : 1 + ((round + replica - 1) % (brokers.length - 1))
      return brokers[(start + partition + shift) % brokers.length] ?? -1
    })
  })
}

function manualAssignment(topic: NewTopic, brokers: readonly number[]): readonly (readonly number[])[] {
  if (topic.partitions !== -1 || topic.replicationFactor !== -1) {
    throw new KafkaError(ERROR.INVALID_REQUEST, 'Replica assignments and numbers exclude each other')
  }
  const byPartition = [...topic.assignments].sort((a, b) => a.partition - b.partition)
  const size = byPartition[0]?.replicas.length ?? 0
  for (const [index, { partition, replicas }] of byPartition.entries()) {
    const isGood =
      partition === index &&
      replicas.length === size &&
      size > 0 &&
      new Set(replicas).size === size &&
      replicas.every(id => brokers.includes(id))
    if (!isGood) throw new KafkaError(ERROR.INVALID_REPLICA_ASSIGNMENT, `Assignment of partition ${partition}`)
  }
  return byPartition.map(({ replicas }) => replicas)
}
