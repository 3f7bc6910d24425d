import type { Kafka, ProducerConfig, ProducerRecord, RecordMetadata } from 'kafkajs'
import { describe, expect, test } from 'vitest'
import { parseConfiguration } from '../../../system/configuration.ts'
import { createLogProducer } from '../../../system/queue/log-producer.ts'
import { settle } from './fake-runtime.ts'

const configuration = parseConfiguration({ kafka: { topic: 't' } })
const named: RecordMetadata = { topicName: 't', partition: 2, errorCode: 0, baseOffset: '41' }

describe('an append', () => {
  test('resolves with the offset that the answer gives for its partition', async () => {
    const kafka = new FakeKafka(() => Promise.resolve([named]))
    await expect(createLogProducer(kafka.client, configuration).append(2, [Buffer.from('a')])).resolves.toBe(41)
  })

  const answers: readonly [string, RecordMetadata[]][] = [
    ['names nothing', []],
    ['names another partition', [{ ...named, partition: 3 }]],
    ['names another topic', [{ ...named, topicName: 'u' }]],
    ['names the partition with an error', [{ ...named, errorCode: 19 }]],
  ]
  test.each(answers)('rejects when the answer %s', async (_, answer) => {
    const kafka = new FakeKafka(() => Promise.resolve(answer))
    await expect(createLogProducer(kafka.client, configuration).append(2, [Buffer.from('a')])).rejects.toThrow(
      'the answer does not name partition 2 with error 0',
    )
  })

  test('sends one partition, waits for all replicas, and leaves retries and sequences to us', async () => {
    const kafka = new FakeKafka(() => Promise.resolve([named]))
    await createLogProducer(kafka.client, configuration).append(2, [Buffer.from('a'), Buffer.from('b')])
    expect(kafka.producers[0]?.config).toMatchObject({ idempotent: false, retry: { retries: 0 } })
    expect(kafka.producers[0]?.sent).toMatchObject([
      {
        topic: 't',
        acks: -1,
        messages: [
          { partition: 2, value: Buffer.from('a') },
          { partition: 2, value: Buffer.from('b') },
        ],
      },
    ])
  })

  test('after one that got no answer uses new connections, and the old ones are let go of', async () => {
    const results = [Promise.reject(failureBy('KafkaJSRequestTimeoutError')), Promise.resolve([named])]
    const kafka = new FakeKafka(() => results.shift() ?? Promise.resolve([named]))
    const producer = createLogProducer(kafka.client, configuration)
    await expect(producer.append(2, [Buffer.from('a')])).rejects.toThrow()
    await expect(producer.append(2, [Buffer.from('a')])).resolves.toBe(41)
    expect(kafka.producers.map(({ isConnected }) => isConnected)).toEqual([false, true])
  })

  test('after one that a broker refused keeps its connections', async () => {
    const results = [Promise.reject(failureBy('KafkaJSProtocolError')), Promise.resolve([named])]
    const kafka = new FakeKafka(() => results.shift() ?? Promise.resolve([named]))
    const producer = createLogProducer(kafka.client, configuration)
    await expect(producer.append(2, [Buffer.from('a')])).rejects.toThrow()
    await producer.append(2, [Buffer.from('a')])
    expect(kafka.producers).toHaveLength(1)
  })

  test('that hangs keeps its connections open until it ends, though others have new ones', async () => {
    let lose: (error: Error) => void = () => undefined
    const hanging = new Promise<RecordMetadata[]>((_, reject) => (lose = reject))
    const results = [hanging, Promise.reject(failureBy('KafkaJSConnectionError'))]
    const kafka = new FakeKafka(() => results.shift() ?? Promise.resolve([named]))
    const producer = createLogProducer(kafka.client, configuration)
    const first = producer.append(2, [Buffer.from('a')])
    const ended = expect(first).rejects.toThrow('late')
    await settle()
    await expect(producer.append(2, [Buffer.from('b')])).rejects.toThrow()
    await producer.append(2, [Buffer.from('b')])
    expect(kafka.producers.map(({ isConnected }) => isConnected)).toEqual([true, true])
    lose(new Error('late'))
    await ended
    await settle()
    expect(kafka.producers.map(({ isConnected }) => isConnected)).toEqual([false, true])
  })

  test('after a close is refused', async () => {
    const kafka = new FakeKafka(() => Promise.resolve([named]))
    const producer = createLogProducer(kafka.client, configuration)
    await producer.append(2, [Buffer.from('a')])
    await producer.close()
    await expect(producer.append(2, [Buffer.from('a')])).rejects.toThrow('closed')
    expect(kafka.producers.map(({ isConnected }) => isConnected)).toEqual([false])
  })
})

interface FakeProducer {
  readonly config: ProducerConfig
  readonly sent: ProducerRecord[]
  isConnected: boolean
}

class FakeKafka {
  readonly producers: FakeProducer[] = []
  readonly client: Kafka

  constructor(send: () => Promise<RecordMetadata[]>) {
    const producer = (config: ProducerConfig): unknown => {
      const made: FakeProducer = { config, sent: [], isConnected: false }
      this.producers.push(made)
      return {
        connect: () => Promise.resolve(void (made.isConnected = true)),
        disconnect: () => Promise.resolve(void (made.isConnected = false)),
        send: (record: ProducerRecord) => {
          made.sent.push(record)
          return send()
        },
      }
    }
    this.client = { producer } as unknown as Kafka
  }
}

/** As kafkajs gives it after the last retry: the cause tells what went wrong. */
function failureBy(name: string): Error {
  const cause = Object.assign(new Error('cause'), { name })
  return Object.assign(new Error('retries', { cause }), { name: 'KafkaJSNumberOfRetriesExceeded' })
}
