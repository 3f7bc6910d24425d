import fc from 'fast-check'
import { expect, test } from 'vitest'
import { API, INTERNAL_API } from '../../../sim/kafka/wire/api.ts'
import { requestFrame } from '../../../sim/kafka/wire/frames.ts'
import type { Runtime } from '../../../system/runtime/runtime.ts'
import { CLUSTER, createTopic, kafkaWorld, TOPIC } from './kafka-world.ts'
import { until } from '../client-programs.ts'

const SETTINGS = { offsetsTopicPartitions: 5 }
const KEYS = [...Object.values(API), ...Object.values(INTERNAL_API)]

/** What a broker, or the controller, does with some bytes: it answers so many, or closes the connection. */
async function offer(runtime: Runtime, port: 'broker' | 'controller', bytes: Uint8Array): Promise<'closed' | number> {
  const { host, port: number } = port === 'broker' ? CLUSTER.brokers[0]! : CLUSTER.controller
  const connection = await runtime.network.connect({ host, port: number, timeoutMs: 1_000 })
  return new Promise(resolve => {
    let answered = 0
    const timer = runtime.clock.setTimer(300, () => {
      connection.destroy({ reset: true })
      resolve(answered)
    })
    const closed = (): void => {
      timer.cancel()
      connection.destroy()
      resolve('closed')
    }
    connection.handle({ onData: chunk => void (answered += chunk.length), onEnd: closed, onClose: closed })
    connection.write(bytes)
  })
}

const anyBody = fc.uint8Array({ maxLength: 200 })

const frame = fc
  .record(
    { api: fc.constantFrom(...KEYS), version: fc.integer({ min: -1, max: 12 }), body: anyBody },
    { noNullPrototype: true },
  )
  .map(({ api, version, body }) =>
    requestFrame({ key: api.key, version, correlationId: 7, clientId: 'fuzz' }, writer => void writer.raw(body)),
  )

const hostileBytes = fc.oneof(
  { weight: 3, arbitrary: frame },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 100 }) },
  // A length that is inflated, or negative.
  { weight: 1, arbitrary: fc.integer().map(length => Buffer.from(Int32Array.of(length).buffer)) },
)

test('whatever bytes come, the server answers or closes, and the next connection is served', async () => {
  const world = kafkaWorld('hostile', { settings: SETTINGS, virtualSeconds: 3_600 })
  let offered = 0
  let closed = 0
  world.client('client-1', async process => {
    await until(process, 'all whole', () => world.isWhole())
    await createTopic(process.kafka, { partitions: 1 })
    const property = fc.asyncProperty(
      fc.constantFrom('broker' as const, 'controller' as const),
      hostileBytes,
      async (port, bytes) => {
        const outcome = await offer(process.runtime, port, bytes)
        offered++
        if (outcome === 'closed') closed++
      },
    )
    await fc.assert(property, { numRuns: 600, seed: 20260101 })
    await until(process, 'all whole', () => world.isWhole())
    const producer = process.kafka.producer()
    await producer.connect()
    await producer.send({ topic: TOPIC, acks: -1, messages: [{ partition: 0, value: 'still here' }] })
    await producer.disconnect()
  })
  await world.run()
  expect(offered).toBe(600)
  expect(closed).toBeGreaterThan(200)
  expect(world.simulation.world.deaths).toEqual([])
})
