// A stream host: applies the partitions of the log that the group gives it.

import type { Configuration } from '../configuration.ts'
import { startLogConsumer } from '../queue/consumer.ts'
import type { LogConsumer } from '../queue/consumer.ts'
import { kafkaClient } from '../queue/kafka-client.ts'
import { checkTopic } from '../queue/topics.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { kafkaBounds } from '../stream/log-bounds.ts'
import { streamWorker } from '../stream/worker.ts'
import { openStore } from './open-store.ts'
import type { Service } from './service.ts'
import { untilReady } from './until-ready.ts'

/**
 * Resolves when the worker asks for partitions, which it goes on doing whatever Kafka and Cassandra do; rejects when they are
 * not ready within `startMs`.
 */
export async function startStream(runtime: Runtime, configuration: Configuration): Promise<Service> {
  const { store, close } = await openStore(runtime, configuration)
  const kafka = kafkaClient(runtime, configuration)
  const { startMs } = configuration.limits
  await untilReady(runtime, { what: 'the queue', withinMs: startMs }, () => checkTopic(kafka, configuration))
  const bounds = kafkaBounds(kafka, configuration.kafka.topic)
  const dependencies = {
    ...{ runtime, store, bounds },
    committed: (partition: number, offset: number) => consumer.commitOffset(partition, offset),
  }
  const worker = streamWorker(dependencies, { log: configuration.kafka.log, ...configuration.stream })
  const consumer: LogConsumer = startLogConsumer(runtime, configuration, { kafka, worker })
  return {
    async stop() {
      await consumer.stop()
      await worker.stop()
      await close()
    },
  }
}
