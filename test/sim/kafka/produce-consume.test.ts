import { expect, test } from 'vitest'
import { createTopic, kafkaWorld, TOPIC } from './kafka-world.ts'
import { until } from '../client-programs.ts'

test('what a producer was told is stored is read by a group, in order', async () => {
  const world = kafkaWorld('first')
  const read: string[] = []
  world.client('client-1', async process => {
    const { kafka } = process
    await until(process, 'whole', () => world.isWhole())
    await createTopic(kafka)
    const producer = kafka.producer()
    await producer.connect()
    for (let n = 0; n < 10; n++) {
      const [answer] = await producer.send({ topic: TOPIC, acks: -1, messages: [{ partition: 1, value: `v${n}` }] })
      expect(answer).toMatchObject({ errorCode: 0, partition: 1, baseOffset: String(n) })
    }
    const consumer = kafka.consumer({
      groupId: 'g',
      sessionTimeout: 10_000,
      rebalanceTimeout: 10_000,
      heartbeatInterval: 2_000,
    })
    await consumer.connect()
    await consumer.subscribe({ topics: [TOPIC], fromBeginning: true })
    await consumer.run({ eachMessage: async ({ message }) => void read.push(message.value!.toString()) })
    await until(process, 'all read', () => read.length >= 10)
    await consumer.disconnect()
    await producer.disconnect()
  })
  await world.run()
  expect(read).toEqual(Array.from({ length: 10 }, (_, n) => `v${n}`))
})
