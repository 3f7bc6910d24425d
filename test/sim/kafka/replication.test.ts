import { expect, test } from 'vitest'
import type { Kafka } from 'kafkajs'
import type { Host } from '../../../sim/kernel/host.ts'
import { DROP, PASS } from '../../../sim/network/rules.ts'
import type { ClientProcess, KafkaWorld } from './kafka-world.ts'
import { createTopic, kafkaWorld, readAll, TOPIC } from './kafka-world.ts'
import { until } from '../client-programs.ts'

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

test('a leader that is cut off takes writes that nobody else has, and drops them when it follows again', async () => {
  const world = kafkaWorld('zombie', { settings: SETTINGS })
  const { rules } = world.simulation.fabric
  world.client('client-1', async process => {
    await ready(world, process)
    await produce(process, { count: 10 })
    const leader = await leaderOf(process.kafka)
    const zombie = world.brokers[leader - 1]
    const isOfKafka = (host: Host): boolean => host.name.startsWith('kafka-')
    rules.add('cut', ({ from, to }) => {
      const isCut = (from === zombie && isOfKafka(to)) || (to === zombie && isOfKafka(from))
      return isCut ? DROP : PASS
    })
    // Only the leader's own word is asked for, and it still thinks that it leads.
    const zombieWrites = await produce(process, { count: 5, acks: 1, from: 1_000 })
    expect(zombieWrites).toHaveLength(5)
    await process.runtime.clock.sleep(12_000)
    const stored = await produce({ ...process, kafka: world.kafkaWithout(process, leader) }, { count: 10, from: 10 })
    rules.remove('cut')
    await until(process, 'all whole again', () => world.isWhole())
    expect(await leaderOf(process.kafka)).not.toBe(leader)
    expect(await readAll(process, 0)).toEqual([...Array.from({ length: 10 }, (_, n) => `v${n}`), ...stored])
    const truncated = world.simulation.world.logs.lines.filter(({ message }) => message === 'log truncated')
    expect(truncated).toMatchObject([{ host: zombie?.name, fields: { from: 15, to: 10 } }])
  })
  await world.run()
})

test('a follower that lost what it had not synced gets it again from its leader', async () => {
  const world = kafkaWorld('follower power', { settings: SETTINGS })
  world.client('client-1', async process => {
    await ready(world, process)
    const leader = await leaderOf(process.kafka)
    const follower = world.brokers.find((_, index) => index !== leader - 1)
    if (follower === undefined) throw new Error('no follower')
    const before = await produce(process, { count: 100 })
    follower.powerLoss()
    expect(world.simulation.diskOf(follower).lostBytes).toBeGreaterThan(0)
    const during = await produce(process, { count: 100, from: 100 })
    follower.restart()
    await until(process, 'all whole again', () => world.isWhole())
    // Now the follower alone must have all of it.
    for (const host of world.brokers) if (host !== follower) host.crash()
    await process.runtime.clock.sleep(20_000)
    for (const host of world.brokers) if (host !== follower) host.restart()
    await until(process, 'all whole again', () => world.isWhole())
    expect(await leaderOf(process.kafka)).toBe(Number(follower.name.slice(-1)))
    // One was stored more than once: its time ran out while the leader still waited for the dead follower.
    const read = await readAll(process, 0)
    expect([...new Set(read)]).toEqual([...before, ...during])
    expect(read.length).toBeGreaterThan(200)
  })
  await world.run()
})

test('a follower that does not fetch leaves the in-sync set after its time, and comes back when it has caught up', async () => {
  const world = kafkaWorld('lag', { settings: { ...SETTINGS, replicaLagTimeMaxMs: 10_000 } })
  const { rules } = world.simulation.fabric
  world.client('client-1', async process => {
    await ready(world, process)
    const leader = await leaderOf(process.kafka)
    const follower = world.brokers.find((_, index) => index !== leader - 1)
    rules.add('cut', ({ from, to }) => {
      const isBetweenBrokers = isBroker(from) && isBroker(to)
      return isBetweenBrokers && (from === follower || to === follower) ? DROP : PASS
    })
    const startMs = process.runtime.clock.monotonicMs()
    const [first] = await produce(process, { count: 1 })
    const tookMs = process.runtime.clock.monotonicMs() - startMs
    expect(first).toBe('v0')
    // Until then the leader waits for the follower: it is in sync, as far as anybody knows.
    expect(tookMs).toBeGreaterThan(5_000)
    expect(tookMs).toBeLessThan(20_000)
    expect(world.isWhole()).toBe(false)
    rules.remove('cut')
    await until(process, 'all whole again', () => world.isWhole())
  })
  await world.run()
})

function isBroker(host: Host): boolean {
  return /^kafka-\d$/.test(host.name)
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
