import { expect, test } from 'vitest'
import { createTopic, kafkaWorld, readAll, TOPIC } from './kafka-world.ts'
import { until } from '../client-programs.ts'

test('a broker that is stopped has synced its logs, is missed, and comes back whole', async () => {
  const world = kafkaWorld('stop', { settings: { offsetsTopicPartitions: 3 }, stopBroker1AtMs: 20_000 })
  const [first] = world.brokers
  world.client('client-1', async process => {
    await until(process, 'all whole', () => world.isWhole())
    await createTopic(process.kafka, { partitions: 1 })
    const producer = process.kafka.producer({ retry: { retries: 20 } })
    await producer.connect()
    const send = async (value: string): Promise<void> => {
      await producer.send({ topic: TOPIC, acks: -1, messages: [{ partition: 0, value }] })
    }
    for (let n = 0; n < 50; n++) await send(`v${n}`)
    await process.runtime.clock.sleep(21_000 - process.runtime.clock.monotonicMs())
    first?.powerLoss()
    if (first !== undefined) expect(world.simulation.diskOf(first).lostBytes).toBe(0)
    await process.runtime.clock.sleep(10_000)
    await send('while it is away')
    first?.restart()
    await until(process, 'all whole again', () => world.isWhole())
    expect(await readAll(process, 0)).toEqual([...Array.from({ length: 50 }, (_, n) => `v${n}`), 'while it is away'])
    await producer.disconnect()
  })
  await world.run()
})
