// The topic of the queue: its settings, and making it.

import type { ITopicConfig, Kafka } from 'kafkajs'
import type { Configuration } from '../configuration.ts'
import { TOPIC_MESSAGE_BYTES_MAX } from '../message-limits.ts'

/** No retention by bytes; by time a week: long enough for a worker to be down over a holiday. */
export function topicOf(configuration: Configuration): ITopicConfig {
  const { topic, partitions, replicationFactor, minInsyncReplicas } = configuration.kafka
  return {
    topic,
    numPartitions: partitions,
    replicationFactor,
    configEntries: [
      { name: 'max.message.bytes', value: String(TOPIC_MESSAGE_BYTES_MAX) },
      { name: 'message.timestamp.type', value: 'LogAppendTime' },
      { name: 'min.insync.replicas', value: String(minInsyncReplicas) },
      { name: 'unclean.leader.election.enable', value: 'false' },
      { name: 'cleanup.policy', value: 'delete' },
      { name: 'retention.ms', value: String(RETENTION_MS) },
    ],
  }
}

/** Makes the topic unless it is there. Rejects when the cluster cannot be reached or refuses. */
export async function migrateTopic(kafka: Kafka, configuration: Configuration): Promise<'made' | 'there'> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    const made = await admin.createTopics({ topics: [topicOf(configuration)], waitForLeaders: true })
    return made ? 'made' : 'there'
  } finally {
    await admin.disconnect()
  }
}

/** Resolves if the topic is there with the partitions that the configuration says, each with a leader; rejects if not. */
export async function checkTopic(kafka: Kafka, configuration: Configuration): Promise<void> {
  const { topic, partitions } = configuration.kafka
  const admin = kafka.admin()
  try {
    await admin.connect()
    const metadata = await admin.fetchTopicMetadata({ topics: [topic] })
    const known = metadata.topics.find(({ name }) => name === topic)?.partitions ?? []
    const led = known.filter(({ leader }) => leader >= 0).length
    if (led !== partitions) throw new Error(`topic ${topic} has ${led} partitions with a leader, not ${partitions}`)
  } finally {
    await admin.disconnect()
  }
}

const RETENTION_MS = 7 * 24 * 3_600_000
