// Producers write while brokers and the controller crash and lose their power, one after another; then everything is read,
// and what was acknowledged must be there, at the offset that was named.

import type { Host } from '../../../sim/kernel/host.ts'
import type { ClientProcess } from './kafka-world.ts'
import { createTopic, kafkaWorld, TOPIC } from './kafka-world.ts'
import { until } from '../client-programs.ts'

export interface Survival {
  readonly acknowledged: number
  readonly unknown: number
  readonly stored: number
  /** Acknowledged, and not where it should be. */
  readonly lost: readonly string[]
  readonly faults: readonly string[]
  readonly hash: string
}

const PARTITIONS = 3
const PRODUCERS = 2

export interface SurvivalOptions {
  readonly faults: number
  /**
   * one-by-one: crashes and power losses, the next when everything is whole again. all-at-once: crashes only, of any number of
   * processes together; what they wrote is in their page caches.
   */
  readonly kind: 'one-by-one' | 'all-at-once'
}

export async function survival(seed: string, options: SurvivalOptions): Promise<Survival> {
  const world = kafkaWorld(seed, { settings: { offsetsTopicPartitions: 3 }, virtualSeconds: 7_200 })
  const acknowledged = new Map<string, string>()
  const faults: string[] = []
  let unknown = 0
  let isStorm = true
  let writing = PRODUCERS

  const write = async (process: ClientProcess, name: string): Promise<void> => {
    await until(process, 'the topic', () => faults.length > 0)
    const entropy = process.runtime.entropy.fork('writer')
    for (let n = 0; isStorm; n++) {
      const producer = process.kafka.producer({ retry: { retries: 0 } })
      try {
        await producer.connect()
        for (; isStorm; n++) {
          const partition = entropy.below(PARTITIONS)
          const value = `${name} ${n}`
          const [answer] = await producer.send({
            topic: TOPIC,
            acks: -1,
            timeout: 4_000,
            messages: [{ partition, value }],
          })
          if (answer?.errorCode === 0) acknowledged.set(`${partition}:${answer.baseOffset}`, value)
          await process.runtime.clock.sleep(20 + entropy.below(80))
        }
      } catch {
        unknown++
        await process.runtime.clock.sleep(200)
      }
      await producer.disconnect().catch(() => undefined)
    }
    writing--
  }
  for (let n = 1; n <= PRODUCERS; n++) world.client(`client-${n}`, process => write(process, `client-${n}`))

  const stored = new Map<string, string>()
  world.client('nemesis', async process => {
    const { clock, entropy } = process.runtime
    const draws = entropy.fork('faults')
    const hosts: Host[] = [...world.brokers, world.controller]
    await until(process, 'all whole', () => world.isWhole())
    await createTopic(process.kafka, { partitions: PARTITIONS })
    await until(process, 'all whole', () => world.isWhole())
    for (let n = 0; n < options.faults; n++) {
      const host = hosts[draws.below(hosts.length)]
      if (host === undefined) break
      const isAlone = options.kind === 'one-by-one'
      if (host.state === 'down') continue
      const how = isAlone && draws.below(2) === 0 ? 'powerLoss' : 'crash'
      const downMs = draws.below(4) === 0 ? 15_000 + draws.below(30_000) : draws.below(4_000)
      faults.push(`${(clock.monotonicMs() / 1000).toFixed(3)} ${host.name} ${how} ${downMs}`)
      host[how]()
      if (!isAlone) {
        clock.setTimer(downMs, () => host.restart())
        await clock.sleep(draws.below(20_000))
        continue
      }
      await clock.sleep(downMs)
      host.restart()
      await until(process, `all whole after ${faults.at(-1)}`, () => world.isWhole(), 200)
      await clock.sleep(draws.below(3_000))
    }
    isStorm = false
    await until(process, 'all whole at the end', () => world.isWhole(), 200)
    await until(process, 'producers end', () => writing === 0)
    const admin = process.kafka.admin()
    await admin.connect()
    const ends = await admin.fetchTopicOffsets(TOPIC)
    await admin.disconnect()
    const total = ends.reduce((sum, { high }) => sum + Number(high), 0)
    const consumer = process.kafka.consumer({ groupId: 'final', sessionTimeout: 10_000, rebalanceTimeout: 10_000 })
    await consumer.connect()
    await consumer.subscribe({ topics: [TOPIC], fromBeginning: true })
    await consumer.run({
      eachMessage: async ({ partition, message }) => {
        stored.set(`${partition}:${message.offset}`, message.value?.toString() ?? '')
      },
    })
    await until(process, `read all ${total}`, () => stored.size >= total)
    await consumer.disconnect()
  })
  await world.run()
  const lost = [...acknowledged].filter(([place, value]) => stored.get(place) !== value).map(each => each.join(' '))
  const { trace, entries } = world.simulation.world
  return {
    acknowledged: acknowledged.size,
    unknown,
    stored: stored.size,
    lost,
    faults,
    hash: `${trace.shortHash} ${entries}`,
  }
}
