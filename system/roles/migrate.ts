// Makes what the other roles need in the engines: the topic and the tables. May be run again at any time.

import type { Configuration } from '../configuration.ts'
import { kafkaClient } from '../queue/kafka-client.ts'
import { checkTopic, migrateTopic } from '../queue/topics.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { migrateSchema } from '../store/schema.ts'
import { openSession } from '../store/session.ts'
import { untilReady } from './until-ready.ts'

/** Resolves when topic and tables can be used; rejects when an engine is not ready within `startMs`. */
export async function migrate(runtime: Runtime, configuration: Configuration): Promise<void> {
  await Promise.all([migrateQueue(runtime, configuration), migrateStore(runtime, configuration)])
}

async function migrateQueue(runtime: Runtime, configuration: Configuration): Promise<void> {
  const kafka = kafkaClient(runtime, configuration)
  const withinMs = configuration.limits.startMs
  const made = await untilReady(runtime, { what: 'the queue', withinMs }, () => migrateTopic(kafka, configuration))
  await untilReady(runtime, { what: 'the topic', withinMs }, () => checkTopic(kafka, configuration))
  runtime.log.write('info', 'topic ready', { topic: configuration.kafka.topic, state: made })
}

async function migrateStore(runtime: Runtime, configuration: Configuration): Promise<void> {
  const session = await openSession(runtime, configuration)
  const withinMs = configuration.limits.startMs
  try {
    await untilReady(runtime, { what: 'the store', withinMs }, () =>
      migrateSchema(runtime, session.client, configuration),
    )
    runtime.log.write('info', 'tables ready', { keyspace: configuration.cassandra.keyspace })
  } finally {
    await session.close()
  }
}
