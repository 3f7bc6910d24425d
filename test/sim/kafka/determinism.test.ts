import { expect, test } from 'vitest'
import { createTopic, kafkaWorld, readAll, TOPIC } from './kafka-world.ts'
import { until } from '../client-programs.ts'

async function traceOf(seed: string): Promise<string> {
  const world = kafkaWorld(seed, { settings: { offsetsTopicPartitions: 5 } })
  world.client('client-1', async process => {
    await until(process, 'all whole', () => world.isWhole())
    await createTopic(process.kafka, { partitions: 3 })
    const producer = process.kafka.producer({ idempotent: true })
    await producer.connect()
    const [leader] = world.brokers
    process.runtime.clock.setTimer(50, () => leader?.powerLoss())
    for (let n = 0; n < 30; n++) {
      const messages = [0, 1, 2].map(partition => ({ partition, value: `v${n}` }))
      await producer.send({ topic: TOPIC, acks: -1, timeout: 2_000, messages }).catch(() => undefined)
    }
    leader?.restart()
    await until(process, 'all whole again', () => world.isWhole())
    await readAll(process, 0)
    await producer.disconnect().catch(() => undefined)
  })
  await world.run()
  return `${world.simulation.world.trace.shortHash} ${world.simulation.world.entries}`
}

test('the same seed gives the same run, with a power loss in it; another seed gives another', async () => {
  const first = await traceOf('a')
  const other = await traceOf('b')
  const again = await traceOf('a')
  expect(again).toBe(first)
  expect(other).not.toBe(first)
})
