// A service as anybody would write it, knowing nothing of ports or worlds: fastify takes events, kafkajs carries them,
// cassandra-driver keeps them. Ambient timers, sockets, clocks and randomness, all of Node's own.

import { Client, types } from 'cassandra-driver'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { Kafka, logLevel } from 'kafkajs'
import type { Producer } from 'kafkajs'
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'

export interface AppOptions {
  readonly brokers: readonly string[]
  readonly contactPoints: readonly string[]
  readonly dataCentre: string
  readonly port: number
}

const TOPIC = 'events'
const KEYSPACE = 'app'

/** Resolves when requests are taken. */
export async function startApp(options: AppOptions): Promise<void> {
  const kafka = new Kafka({
    clientId: hostname(),
    brokers: [...options.brokers],
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    retry: { retries: 50, initialRetryTime: 100, maxRetryTime: 1_000 },
    logLevel: logLevel.NOTHING,
  })
  const session = new Client({
    contactPoints: [...options.contactPoints],
    localDataCenter: options.dataCentre,
    protocolOptions: { maxVersion: 4 },
    pooling: { coreConnectionsPerHost: { [types.distance.local]: 2 } },
  })
  await untilItWorks(() => session.connect())
  await untilItWorks(() => createSchema(session))
  await untilItWorks(() => createTopic(kafka))
  const producer = kafka.producer()
  await untilItWorks(() => producer.connect())
  await consume(kafka, session)

  const app = Fastify()
  addRoutes(app, producer, session)
  await app.listen({ port: options.port, host: '0.0.0.0' })
  process.on('SIGTERM', () => void app.close())
}

function addRoutes(app: FastifyInstance, producer: Producer, session: Client): void {
  app.post('/events', async (request, reply) => {
    const id = randomUUID()
    const body = JSON.stringify({ id, at: new Date(), luck: Math.random(), body: request.body })
    const messages = [0, 1].map(copy => ({ key: `${id}-${copy}`, value: body }))
    await producer.send({ topic: TOPIC, acks: -1, messages })
    return reply.code(201).send({ id })
  })
  app.get<{ Params: { id: string } }>('/events/:id', async (request, reply) => {
    const found = await session.execute(`SELECT * FROM ${KEYSPACE}.event WHERE id = ?`, [request.params.id], {
      prepare: true,
    })
    return reply.send(found.rows.map(row => ({ ...row, readAt: Date.now() })))
  })
}

/** Each service reads everything, in a group of its own. */
async function consume(kafka: Kafka, session: Client): Promise<void> {
  const consumer = kafka.consumer({
    groupId: `group-of-${hostname()}`,
    sessionTimeout: 10_000,
    heartbeatInterval: 1_000,
  })
  await untilItWorks(() => consumer.connect())
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true })
  await consumer.run({
    async eachMessage({ message, partition }) {
      const id = String(message.key).slice(0, 36)
      await untilItWorks(() =>
        session.execute(
          `INSERT INTO ${KEYSPACE}.event (id, reader, seen, place, value) VALUES (?, ?, ?, ?, ?)`,
          [id, hostname(), types.TimeUuid.now(), `${partition}/${message.offset}`, String(message.value)],
          { prepare: true },
        ),
      )
    },
  })
}

async function createSchema(session: Client): Promise<void> {
  await session.execute(
    `CREATE KEYSPACE IF NOT EXISTS ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 3}`,
  )
  await session.execute(
    `CREATE TABLE IF NOT EXISTS ${KEYSPACE}.event
       (id text, reader text, seen timeuuid, place text, value text, PRIMARY KEY ((id), reader, seen))`,
  )
}

async function createTopic(kafka: Kafka): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic: TOPIC, numPartitions: 3, replicationFactor: 3 }] })
  await admin.disconnect()
}

async function untilItWorks(act: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await act()
      return
    } catch (error) {
      if (tries === 60) throw error
      await new Promise(resolve => setTimeout(resolve, 500))
    }
  }
}
