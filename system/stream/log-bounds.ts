// Where a partition of the log begins and ends. Asked only when there is no other way to know: a new partition, or one that
// gives us nothing.

import type { Kafka } from 'kafkajs'

export interface LogBounds {
  /** The offset of the first record that is still there, and the one that the next record will get. Rejects when unknown. */
  read(partition: number): Promise<{ readonly earliest: number; readonly end: number }>
}

/** Callers at the same time share one request. */
export function kafkaBounds(kafka: Kafka, topic: string): LogBounds {
  let current: Promise<ReadonlyMap<number, { earliest: number; end: number }>> | undefined
  const ask = async (): Promise<ReadonlyMap<number, { earliest: number; end: number }>> => {
    const admin = kafka.admin()
    try {
      await admin.connect()
      const offsets = await admin.fetchTopicOffsets(topic)
      return new Map(offsets.map(each => [each.partition, { earliest: Number(each.low), end: Number(each.high) }]))
    } finally {
      await admin.disconnect()
    }
  }
  return {
    async read(partition) {
      current ??= ask().finally(() => (current = undefined))
      const bounds = (await current).get(partition)
      if (bounds === undefined) throw new Error(`Kafka does not know partition ${partition} of ${topic}`)
      return bounds
    },
  }
}
