import { expect, test } from 'vitest'
import { PASS, RESET } from '../../../sim/network/rules.ts'
import { createTopic, kafkaWorld, readAll, TOPIC } from './kafka-world.ts'
import { until } from '../client-programs.ts'

test("kafkajs's idempotent producer loses an acknowledged message when one answer is lost", async () => {
  const world = kafkaWorld('idempotent', { settings: { offsetsTopicPartitions: 5 } })
  const { rules } = world.simulation.fabric
  let isArmed = false
  let lost = 0
  world.client('client-1', async process => {
    await until(process, 'all whole', () => world.isWhole())
    await createTopic(process.kafka, { partitions: 1 })
    const producer = process.kafka.producer({ idempotent: true, retry: { retries: 5 } })
    await producer.connect()
    await producer.send({ topic: TOPIC, acks: -1, messages: [{ partition: 0, value: 'first' }] })
    // The next answer to the client is lost with its connection.
    rules.add('lose', ({ from, to, kind, bytes }) => {
      const isAnswer = from.name.startsWith('kafka') && to.name === 'client-1' && kind === 'data' && bytes > 0
      if (!isAnswer || !isArmed || lost > 0) return PASS
      lost++
      return RESET
    })
    isArmed = true
    const values = ['a', 'b', 'c', 'd']
    const outcomes = await Promise.allSettled(
      values.map(value => producer.send({ topic: TOPIC, acks: -1, messages: [{ partition: 0, value }] })),
    )
    rules.remove('lose')
    expect(lost).toBe(1)
    const acknowledged = values.filter((_, index) => outcomes[index]?.status === 'fulfilled')
    const stored = await readAll(process, 0)
    const missing = acknowledged.filter(value => !stored.includes(value))
    expect({ acknowledged, stored, missing }).toMatchObject({ missing: [expect.any(String)] })
    await producer.disconnect()
  })
  await world.run()
})
