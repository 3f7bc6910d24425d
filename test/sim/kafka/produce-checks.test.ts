// What a leader takes, and with which code it refuses the rest: raw requests, as kafkajs sends only good ones.

import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { recordBytes, sealBatch } from '../../../sim/kafka/log/record-batch.ts'
import { buildBatch } from '../../../sim/kafka/log/records.ts'
import { RequestClient } from '../../../sim/kafka/transport/request-client.ts'
import { API } from '../../../sim/kafka/wire/api.ts'
import { nameOfError } from '../../../sim/kafka/wire/error-code.ts'
import type { ClientProcess } from './kafka-world.ts'
import { CLUSTER, createTopic, kafkaWorld, TOPIC } from './kafka-world.ts'
import { until } from '../client-programs.ts'

const ATTRIBUTES = 21
const RECORD_COUNT = 57
const VALUE = Buffer.from('x'.repeat(100))

function batch(count = 2): Buffer {
  const records = Array.from({ length: count }, () => ({ key: Buffer.from('k'), value: VALUE }))
  return buildBatch(records, 1_000)
}

/** A batch with something changed, and its length and checksum made to fit again. */
function changed(change: (bytes: Buffer) => Buffer | void, original: Buffer = batch()): Buffer {
  const bytes = change(original) ?? original
  sealBatch(bytes)
  return bytes
}

function gzipped(): Buffer {
  const plain = batch()
  const bytes = Buffer.concat([plain.subarray(0, RECORD_COUNT + 4), gzipSync(recordBytes(plain))])
  bytes.writeInt16BE(1, ATTRIBUTES)
  sealBatch(bytes)
  return bytes
}

interface Case {
  readonly what: string
  readonly records: Buffer | null
  readonly acks?: number
  readonly topic?: string
  readonly partition?: number
  readonly transactionalId?: string
  readonly error: string
}

const CASES: readonly Case[] = [
  { what: 'a sound batch', records: batch(), error: 'NONE' },
  { what: 'a gzip batch', records: gzipped(), error: 'NONE' },
  { what: 'acks of the leader alone', records: batch(), acks: 1, error: 'NONE' },
  { what: 'acks that mean nothing', records: batch(), acks: 2, error: 'INVALID_REQUIRED_ACKS' },
  { what: 'no batch', records: null, error: 'INVALID_RECORD' },
  { what: 'an empty batch', records: Buffer.alloc(0), error: 'INVALID_RECORD' },
  { what: 'two batches', records: Buffer.concat([batch(), batch()]), error: 'INVALID_RECORD' },
  { what: 'a batch that is cut off', records: batch().subarray(0, 100), error: 'CORRUPT_MESSAGE' },
  { what: 'a few bytes', records: Buffer.from('hello'), error: 'CORRUPT_MESSAGE' },
  {
    what: 'a flipped bit',
    records: (() => {
      const bytes = batch()
      bytes[80] = (bytes[80] ?? 0) ^ 1
      return bytes
    })(),
    error: 'CORRUPT_MESSAGE',
  },
  {
    what: 'an old format',
    records: changed(bytes => void bytes.writeInt8(1, 16)),
    error: 'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  },
  { what: 'a batch over the limit', records: batch(60), error: 'MESSAGE_TOO_LARGE' },
  {
    what: 'fewer records than it says',
    records: changed(bytes => void bytes.writeInt32BE(3, RECORD_COUNT)),
    error: 'INVALID_RECORD',
  },
  {
    what: 'bytes after the last record',
    records: changed(bytes => Buffer.concat([bytes, Buffer.from([0])])),
    error: 'INVALID_RECORD',
  },
  {
    what: 'what is not gzip, and says it is',
    records: changed(bytes => void bytes.writeInt16BE(1, ATTRIBUTES)),
    error: 'CORRUPT_MESSAGE',
  },
  {
    what: 'a compression that is not known',
    records: changed(bytes => void bytes.writeInt16BE(4, ATTRIBUTES)),
    error: 'UNSUPPORTED_COMPRESSION_TYPE',
  },
  {
    what: 'a control batch',
    records: changed(bytes => void bytes.writeInt16BE(0x20, ATTRIBUTES)),
    error: 'INVALID_RECORD',
  },
  {
    what: 'a transactional batch',
    records: changed(bytes => void bytes.writeInt16BE(0x10, ATTRIBUTES)),
    error: 'INVALID_TXN_STATE',
  },
  { what: 'a transaction', records: batch(), transactionalId: 't', error: 'INVALID_TXN_STATE' },
  { what: 'a topic that is not there', records: batch(), topic: 'nothing', error: 'UNKNOWN_TOPIC_OR_PARTITION' },
  { what: 'a partition that is not there', records: batch(), partition: 9, error: 'UNKNOWN_TOPIC_OR_PARTITION' },
  { what: 'a partition that another leads', records: batch(), partition: 1, error: 'NOT_LEADER_OR_FOLLOWER' },
  {
    what: "the coordinators' own topic",
    records: batch(),
    topic: '__consumer_offsets',
    error: 'INVALID_TOPIC_EXCEPTION',
  },
]

function clientOf(process: ClientProcess, brokerId: number): RequestClient {
  const { host, port } = CLUSTER.brokers.find(({ id }) => id === brokerId)!
  return new RequestClient(process.runtime, {
    host,
    port,
    clientId: 'raw',
    connectTimeoutMs: 1_000,
    requestTimeoutMs: 10_000,
  })
}

async function leaderOf(process: ClientProcess): Promise<number> {
  const admin = process.kafka.admin()
  await admin.connect()
  const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] })
  await admin.disconnect()
  return topics[0]?.partitions.find(({ partitionId }) => partitionId === 0)?.leader ?? -1
}

async function produce(client: RequestClient, each: Omit<Case, 'what' | 'error'>): Promise<string> {
  const body = await client.request(API.Produce, writer => {
    const { topic = TOPIC, partition = 0, acks = -1, transactionalId = null } = each
    writer.nullableString(transactionalId).i16(acks).i32(3_000)
    writer.array([topic], () => {
      writer.string(topic).array([partition], () => void writer.i32(partition).nullableBytes(each.records))
    })
  })
  body.i32()
  body.string()
  body.i32()
  body.i32()
  return nameOfError(body.i16())
}

test('every batch that is not sound has its error, and nothing of it is stored', async () => {
  const world = kafkaWorld('produce checks', { settings: { offsetsTopicPartitions: 3 } })
  const answers: Record<string, string> = {}
  world.client('client-1', async process => {
    await until(process, 'all whole', () => world.isWhole())
    await createTopic(process.kafka, { partitions: 3, configs: { 'max.message.bytes': '5000' } })
    const client = clientOf(process, await leaderOf(process))
    for (const each of CASES) answers[each.what] = await produce(client, each)
    const admin = process.kafka.admin()
    await admin.connect()
    const [first] = await admin.fetchTopicOffsets(TOPIC)
    const stored = CASES.filter(({ error }) => error === 'NONE').length * 2
    expect(first).toMatchObject({ partition: 0, low: '0', high: String(stored) })
    await admin.disconnect()
    client.close()
  })
  await world.run()
  expect(answers).toEqual(Object.fromEntries(CASES.map(({ what, error }) => [what, error])))
})

test('a topic of append times is stamped by its leader; another keeps what the producer said', async () => {
  const world = kafkaWorld('append time', { settings: { offsetsTopicPartitions: 3 } })
  world.client('client-1', async process => {
    await until(process, 'all whole', () => world.isWhole())
    await createTopic(process.kafka, { topic: 'stamped', configs: { 'message.timestamp.type': 'LogAppendTime' } })
    await createTopic(process.kafka, { topic: 'kept' })
    await process.runtime.clock.sleep(1_000)
    const producer = process.kafka.producer()
    await producer.connect()
    const read = new Map<string, number>()
    for (const topic of ['stamped', 'kept']) {
      await producer.send({ topic, messages: [{ partition: 0, value: 'x', timestamp: '1000' }] })
    }
    const nowMs = process.runtime.clock.wallMs()
    const consumer = process.kafka.consumer({ groupId: 'g' })
    await consumer.connect()
    await consumer.subscribe({ topics: ['stamped', 'kept'], fromBeginning: true })
    await consumer.run({ eachMessage: async ({ topic, message }) => void read.set(topic, Number(message.timestamp)) })
    await until(process, 'both read', () => read.size === 2)
    expect(read.get('kept')).toBe(1_000)
    expect(Math.abs((read.get('stamped') ?? 0) - nowMs)).toBeLessThan(100)
    await consumer.disconnect()
    await producer.disconnect()
  })
  await world.run()
})
