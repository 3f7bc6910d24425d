import { expect, test } from 'vitest'
import type { Consumer } from 'kafkajs'
import type { ClientProcess } from './kafka-world.ts'
import { createTopic, kafkaWorld, TOPIC } from './kafka-world.ts'
import { until } from '../client-programs.ts'

const SETTINGS = { offsetsTopicPartitions: 5 }
const GROUP = 'workers'

interface Member {
  readonly consumer: Consumer
  partitions: readonly number[]
  readonly read: string[]
}

/** A member of the group that commits after each message. */
async function join(process: ClientProcess): Promise<Member> {
  const consumer = process.kafka.consumer({
    groupId: GROUP,
    sessionTimeout: 10_000,
    rebalanceTimeout: 10_000,
    heartbeatInterval: 2_000,
    maxWaitTimeInMs: 500,
  })
  const member: Member = { consumer, partitions: [], read: [] }
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    member.partitions = payload.memberAssignment[TOPIC] ?? []
  })
  await consumer.connect()
  await consumer.subscribe({ topics: [TOPIC], fromBeginning: true })
  await consumer.run({
    autoCommitThreshold: 1,
    eachMessage: async ({ partition, message }) => void member.read.push(`${partition}:${message.offset}`),
  })
  return member
}

async function send(process: ClientProcess, count: number): Promise<void> {
  const producer = process.kafka.producer()
  await producer.connect()
  for (let n = 0; n < count; n++) {
    await producer.send({
      topic: TOPIC,
      messages: [0, 1, 2, 3].map(partition => ({ partition, value: `v${n}` })),
    })
  }
  await producer.disconnect()
}

function coordinatorOf(lines: readonly { readonly host: string; readonly message: string }[]): string[] {
  return lines.filter(({ message }) => message === 'groups loaded').map(({ host }) => host)
}

test('two members share the partitions; when one leaves, the other goes on where it was', async () => {
  const world = kafkaWorld('leave', { settings: SETTINGS })
  const members: Member[] = []
  world.client('client-1', async process => {
    await until(process, 'all whole', () => world.isWhole())
    await createTopic(process.kafka, { partitions: 4 })
    members.push(await join(process))
    await until(process, 'the other has its share', () => members[1]?.partitions.length === 2)
    expect([...members.flatMap(({ partitions }) => partitions)].sort()).toEqual([0, 1, 2, 3])
    await send(process, 5)
    await until(process, 'all read', () => members.flatMap(({ read }) => read).length >= 20)
    await members[0]?.consumer.disconnect()
    await until(process, 'all is with the other', () => members[1]?.partitions.length === 4)
    await send(process, 5)
    await until(process, 'all read', () => members.flatMap(({ read }) => read).length >= 40)
    const read = members.flatMap(each => each.read).sort()
    const all = [0, 1, 2, 3].flatMap(partition => Array.from({ length: 10 }, (_, offset) => `${partition}:${offset}`))
    expect(read).toEqual(all.sort())
    await members[1]?.consumer.disconnect()
  })
  world.client('client-2', async process => {
    await until(process, 'the first is in', () => members[0]?.partitions.length === 4)
    members.push(await join(process))
  })
  await world.run()
})

test('a member that crashes is missed when its session is over, and not before', async () => {
  const world = kafkaWorld('member crash', { settings: SETTINGS })
  const members: Member[] = []
  const second = world.client('client-2', async process => {
    await until(process, 'the first is in', () => members[0]?.partitions.length === 4)
    members.push(await join(process))
    await process.runtime.clock.sleep(3_600_000)
  })
  world.client('client-1', async process => {
    await until(process, 'all whole', () => world.isWhole())
    await createTopic(process.kafka, { partitions: 4 })
    members.push(await join(process))
    await until(
      process,
      'both have a share',
      () => members.every(each => each.partitions.length === 2) && members.length === 2,
    )
    second.crash()
    const crashedMs = process.runtime.clock.monotonicMs()
    await until(process, 'all is with the first', () => members[0]?.partitions.length === 4)
    const tookMs = process.runtime.clock.monotonicMs() - crashedMs
    expect(tookMs).toBeGreaterThan(7_000)
    expect(tookMs).toBeLessThan(20_000)
    await members[0]?.consumer.disconnect()
    world.simulation.world.stop('done')
  })
  await world.run()
})

for (const how of ['crash', 'powerLoss'] as const) {
  test(`a coordinator's ${how} loses no committed offset, and the group goes on at the next one`, async () => {
    const world = kafkaWorld(`coordinator ${how}`, { settings: SETTINGS })
    world.client('client-1', async process => {
      await until(process, 'all whole', () => world.isWhole())
      await createTopic(process.kafka, { partitions: 4 })
      const member = await join(process)
      await until(process, 'joined', () => member.partitions.length === 4)
      await send(process, 5)
      await until(process, 'all read', () => member.read.length >= 20)
      await process.runtime.clock.sleep(3_000)
      const admin = process.kafka.admin()
      await admin.connect()
      const before = await admin.fetchOffsets({ groupId: GROUP, topics: [TOPIC] })
      const { groups } = await admin.describeGroups([GROUP])
      expect(groups[0]).toMatchObject({ state: 'Stable', members: [{ clientId: 'foreshock-client-1' }] })
      const coordinator = await coordinatorId(process)
      const host = world.brokers[coordinator - 1]
      host?.[how]()
      await process.runtime.clock.sleep(15_000)
      await admin.disconnect()
      const others = { ...process, kafka: world.kafkaWithout(process, coordinator) }
      expect(await coordinatorId(others)).not.toBe(coordinator)
      const second = others.kafka.admin()
      await second.connect()
      expect(await second.fetchOffsets({ groupId: GROUP, topics: [TOPIC] })).toEqual(before)
      await second.disconnect()
      expect(coordinatorOf(world.simulation.world.logs.lines)).not.toContain(host?.name)
      await send(others, 5)
      await until(process, 'all read', () => new Set(member.read).size >= 40)
      // A reset is noticed at once. What is silent is waited for, and what was read meanwhile is not committed: it comes again.
      if (how === 'crash') expect(member.read).toHaveLength(40)
      host?.restart()
      await until(process, 'all whole again', () => world.isWhole())
      await member.consumer.disconnect()
    })
    await world.run()
  })
}

async function coordinatorId(process: ClientProcess): Promise<number> {
  const admin = process.kafka.admin()
  await admin.connect()
  // kafkajs does not tell; its describeGroups asks the coordinator, and the cluster says who that is.
  const { topics } = await admin.fetchTopicMetadata({ topics: ['__consumer_offsets'] })
  await admin.disconnect()
  const { partitionOfGroup } = await import('../../../sim/kafka/group/coordinator-partition.ts')
  const partition = partitionOfGroup(GROUP, 5)
  return topics[0]?.partitions.find(each => each.partitionId === partition)?.leader ?? -1
}
