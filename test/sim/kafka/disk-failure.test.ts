import { expect, test } from 'vitest'
import { createTopic, kafkaWorld, TOPIC } from './kafka-world.ts'
import { until } from '../client-programs.ts'

test('a broker whose disk is full dies, and the others go on', async () => {
  const world = kafkaWorld('disk full', { settings: { offsetsTopicPartitions: 3 }, diskBytesOfBroker1: 400_000 })
  world.client('client-1', async process => {
    await until(process, 'all whole', () => world.isWhole())
    await createTopic(process.kafka, { partitions: 3 })
    const producer = process.kafka.producer({ retry: { retries: 20, initialRetryTime: 500 } })
    await producer.connect()
    const value = 'x'.repeat(10_000)
    for (let n = 0; n < 60; n++) {
      await producer.send({ topic: TOPIC, acks: -1, timeout: 3_000, messages: [{ partition: n % 3, value }] })
    }
    await producer.disconnect()
  })
  await expect(world.run()).rejects.toThrow('kafka-1 died')
  expect(world.simulation.world.deaths.map(({ host, error }) => [host, error.message.slice(0, 6)])).toEqual([
    ['kafka-1', 'ENOSPC'],
  ])
})
