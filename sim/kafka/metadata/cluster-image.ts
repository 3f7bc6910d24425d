// The cluster as the metadata log describes it. The controller and every broker build it from the same records.

import type { BrokerRecord, MetadataRecord, PartitionRecord } from './metadata-record.ts'
import { topicConfigOf } from './topic-config.ts'
import type { ConfigEntries, TopicConfig } from './topic-config.ts'

export interface BrokerImage {
  readonly registration: BrokerRecord
  readonly isFenced: boolean
}

export interface TopicImage {
  readonly topic: string
  readonly entries: ConfigEntries
  readonly config: TopicConfig
  readonly partitions: PartitionRecord[]
}

export class ClusterImage {
  readonly brokers: Map<number, BrokerImage> = new Map<number, BrokerImage>()
  readonly topics: Map<string, TopicImage> = new Map<string, TopicImage>()
  #offset = 0
  #nextProducerId = 0

  /** How many records have been applied: the position in the metadata log. */
  get offset(): number {
    return this.#offset
  }

  get nextProducerId(): number {
    return this.#nextProducerId
  }

  apply(record: MetadataRecord): void {
    this.#offset++
    switch (record.kind) {
      case 'broker':
        this.brokers.set(record.id, { registration: record, isFenced: true })
        return
      case 'fence': {
        const broker = this.brokers.get(record.id)
        if (broker?.registration.epoch === record.epoch) {
          this.brokers.set(record.id, { ...broker, isFenced: record.isFenced })
        }
        return
      }
      case 'topic': {
        const entries = new Map(record.configs.map(({ name, value }) => [name, value]))
        const { topic } = record
        this.topics.set(topic, { topic, entries, config: topicConfigOf(entries), partitions: [] })
        return
      }
      case 'partition': {
        const topic = this.topics.get(record.topic)
        if (topic !== undefined) topic.partitions[record.partition] = record
        return
      }
      case 'producer-ids':
        this.#nextProducerId = record.nextId
        return
    }
  }

  partition(topic: string, partition: number): PartitionRecord | undefined {
    return this.topics.get(topic)?.partitions[partition]
  }

  /** Registered, and not fenced. */
  isActive(brokerId: number): boolean {
    return this.brokers.get(brokerId)?.isFenced === false
  }

  /** Active, and still the incarnation of that epoch. */
  isActiveIncarnation(brokerId: number, epoch: number): boolean {
    const broker = this.brokers.get(brokerId)
    return broker?.isFenced === false && broker.registration.epoch === epoch
  }

  /** By id, ascending. */
  activeBrokers(): BrokerRecord[] {
    return [...this.brokers.values()]
      .filter(({ isFenced }) => !isFenced)
      .map(({ registration }) => registration)
      .sort((a, b) => a.id - b.id)
  }

  *partitions(): Generator<PartitionRecord> {
    for (const { partitions } of this.topics.values()) yield* partitions
  }
}
