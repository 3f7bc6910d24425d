// The committed offsets of the groups of one partition of __consumer_offsets.

import type { CommittedOffset } from './offsets-records.ts'

export interface StoredOffset {
  readonly topic: string
  readonly partition: number
  readonly committed: CommittedOffset
}

export class OffsetsStore {
  readonly #groups = new Map<string, Map<string, Map<number, CommittedOffset>>>()

  set(groupId: string, { topic, partition, committed }: StoredOffset): void {
    let topics = this.#groups.get(groupId)
    if (topics === undefined) this.#groups.set(groupId, (topics = new Map<string, Map<number, CommittedOffset>>()))
    let partitions = topics.get(topic)
    if (partitions === undefined) topics.set(topic, (partitions = new Map<number, CommittedOffset>()))
    partitions.set(partition, committed)
  }

  delete(groupId: string, topic: string, partition: number): void {
    this.#groups.get(groupId)?.get(topic)?.delete(partition)
  }

  get(groupId: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.#groups.get(groupId)?.get(topic)?.get(partition)
  }

  /** The partitions of each topic that the group has committed offsets of. */
  topicsOf(groupId: string): readonly { readonly topic: string; readonly partitions: readonly number[] }[] {
    const topics = this.#groups.get(groupId) ?? new Map<string, Map<number, CommittedOffset>>()
    return [...topics].map(([topic, partitions]) => ({ topic, partitions: [...partitions.keys()] }))
  }
}
