// Appends to one partition of the log at a time, and says so only when Kafka has said so.

import type { Kafka, Producer } from 'kafkajs'
import type { Configuration } from '../configuration.ts'

export interface LogProducer {
  /**
   * Appends the values as one batch, in their order. Resolves with the offset of the first when the broker's answer names
   * this partition with error 0: then all of them are in the log, on every in-sync replica. Rejects otherwise, and then
   * they may be in the log, or come to be there later.
   */
  append(partition: number, values: readonly Uint8Array[]): Promise<number>
  /** Lets go of the connections. */
  close(): Promise<void>
}

/**
 * Not kafkajs's idempotent producer: after an unknown result that one gives its sequence number back and uses it again,
 * and the broker then takes a new batch for the old one, so that acknowledged records are missing and others are there
 * twice. And no retries of kafkajs's own: one `send` that is tried again after a leader moved can resolve without having
 * stored a part of it. What goes again, and under which number, is the lane's to say.
 */
export function createLogProducer(kafka: Kafka, configuration: Configuration): LogProducer {
  return new KafkaLogProducer(kafka, configuration)
}

/** One kafkajs producer and its connections. */
interface Link {
  readonly producer: Producer
  readonly connected: Promise<void>
  sending: number
  isBroken: boolean
}

class KafkaLogProducer implements LogProducer {
  readonly #kafka: Kafka
  readonly #topic: string
  readonly #waitMs: number
  #link: Link | undefined
  #isClosed = false

  constructor(kafka: Kafka, configuration: Configuration) {
    this.#kafka = kafka
    this.#topic = configuration.kafka.topic
    // The leader gives up on its followers before we give up on the leader, so that it is not taken for dead.
    this.#waitMs = Math.ceil(configuration.limits.produceTimeoutMs * 0.8)
  }

  async append(partition: number, values: readonly Uint8Array[]): Promise<number> {
    if (this.#isClosed) throw new Error('the producer is closed')
    const link = (this.#link ??= this.#open())
    link.sending++
    try {
      await link.connected
      const answer = await link.producer.send({
        topic: this.#topic,
        acks: -1,
        timeout: this.#waitMs,
        messages: values.map(value => ({ partition, value: bufferOf(value) })),
      })
      const named = answer.find(part => part.topicName === this.#topic && part.partition === partition)
      if (named?.errorCode !== 0) throw new Error(`the answer does not name partition ${partition} with error 0`)
      return Number(named.baseOffset ?? named.offset)
    } catch (error) {
      if (!isRefusalOfBroker(error)) this.#abandon(link)
      throw error
    } finally {
      link.sending--
      this.#closeIfDone(link)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const link = this.#link
    this.#link = undefined
    if (link !== undefined) await disconnect(link)
  }

  #open(): Link {
    const producer = this.#kafka.producer({
      ...PLAIN,
      allowAutoTopicCreation: false,
      metadataMaxAge: METADATA_MAX_AGE_MS,
      createPartitioner: () => args => args.message.partition ?? 0,
    })
    const link: Link = { producer, connected: producer.connect(), sending: 0, isBroken: false }
    link.connected.catch(() => this.#abandon(link))
    return link
  }

  /**
   * A host that lost its power answers nothing and resets nothing, and kafkajs would go on to ask it for as long as its
   * metadata lasts. New connections find out who leads now.
   */
  #abandon(link: Link): void {
    link.isBroken = true
    if (this.#link === link) this.#link = undefined
    this.#closeIfDone(link)
  }

  #closeIfDone(link: Link): void {
    if (link.isBroken && link.sending === 0) void disconnect(link)
  }
}

const PLAIN = { idempotent: false, retry: { retries: 0 } }
const METADATA_MAX_AGE_MS = 60_000

async function disconnect(link: Link): Promise<void> {
  try {
    await link.producer.disconnect()
  } catch {
    // Its connections are gone already: nothing is left to let go of.
  }
}

/** A broker has answered with an error code: the connections are well, and kafkajs has read the metadata again. */
function isRefusalOfBroker(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if (cause.name === 'KafkaJSProtocolError') return true
  }
  return false
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
