import { expect, test } from 'vitest'
import type { Kafka } from 'kafkajs'
import type { ClientProcess, KafkaWorld } from './kafka-world.ts'
import { createTopic, kafkaWorld, readAll, TOPIC, until } from './kafka-world.ts'

const SETTINGS = { offsetsTopicPartitions: 5 }

/** Sends numbered values to partition 0, one after another, again and again until each is acknowledged; answers those. */
async function produce(
  process: ClientProcess,
  options: { readonly count: number; readonly acks?: number; readonly from?: number },
): Promise<string[]> {
  const { count, acks = -1, from = 0 } = options
  const acknowledged: string[] = []
  const producer = process.kafka.producer({ retry: { retries: 0 } })
  await producer.connect()
  for (let n = from; n < from + count; n++) {
    for (;;) {
      try {
        await producer.send({ topic: TOPIC, acks, timeout: 3_000, messages: [{ partition: 0, value: `v${n}` }] })
        acknowledged.push(`v${n}`)
        await process.runtime.clock.sleep(20)
        break
      } catch {
        await process.runtime.clock.sleep(200)
      }
    }
  }
  await producer.disconnect()
  return acknowledged
}

async function leaderOf(kafka: Kafka): Promise<number> {
  const admin = kafka.admin()
  await admin.connect()
  const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] })
  await admin.disconnect()
  const leader = topics[0]?.partitions.find(each => each.partitionId === 0)?.leader
  if (leader === undefined || leader < 0) throw new Error('no leader')
  return leader
}

async function ready(world: KafkaWorld, process: ClientProcess, configs?: Record<string, string>): Promise<void> {
  await until(process, 'all brokers whole', () => world.isWhole())
  await createTopic(process.kafka, { partitions: 1, ...(configs === undefined ? {} : { configs }) })
  await until(process, 'the topic is whole', () => world.isWhole())
}

for (const how of ['crash', 'powerLoss'] as const) {
  test(`a leader's ${how} loses nothing that was acknowledged by all in-sync replicas`, async () => {
    const world = kafkaWorld(`leader ${how}`, { settings: SETTINGS })
    world.client('client-1', async process => {
      await ready(world, process)
      const leader = await leaderOf(process.kafka)
      const host = world.brokers[leader - 1]
      process.runtime.clock.setTimer(500, () => host?.[how]())
      process.runtime.clock.setTimer(15_000, () => host?.restart())
      const acknowledged = await produce(process, { count: 300 })
      await until(process, 'all whole again', () => world.isWhole())
      expect(await leaderOf(process.kafka)).not.toBe(leader)
      const read = await readAll(process, 0)
      expect(new Set(read)).toEqual(new Set(acknowledged))
      expect(read.length).toBeGreaterThanOrEqual(acknowledged.length)
    })
    await world.run()
  })
}

test('with fewer in-sync replicas than the topic asks for, nothing is taken; with enough again, it is', async () => {
  const world = kafkaWorld('min isr', { settings: SETTINGS })
  world.client('client-1', async process => {
    await ready(world, process)
    const leader = await leaderOf(process.kafka)
    const others = world.brokers.filter((_, index) => index !== leader - 1)
    for (const host of others) host.crash()
    await process.runtime.clock.sleep(12_000)
    const producer = process.kafka.producer({ retry: { retries: 0 } })
    await producer.connect()
    const send = (): Promise<unknown> =>
      producer.send({ topic: TOPIC, acks: -1, timeout: 3_000, messages: [{ partition: 0, value: 'x' }] })
    await expect(send()).rejects.toMatchObject({ cause: { type: 'NOT_ENOUGH_REPLICAS' } })
    expect(await readAll(process, 0)).toEqual([])
    others[0]?.restart()
    await until(
      process,
      'two in sync',
      () => world.broker(leader)?.isWhole() === false && isActive(world, others[0]?.name),
    )
    await process.runtime.clock.sleep(15_000)
    await send()
    expect(await readAll(process, 0)).toEqual(['x'])
    await producer.disconnect()
  })
  await world.run()
})

function isActive(world: KafkaWorld, name: string | undefined): boolean {
  return world.simulation.world.logs.lines.some(line => line.host === name && line.message === 'broker serves')
}
