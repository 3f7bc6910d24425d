// Produce: checks what a client sends, appends it where this broker leads, and answers when as many replicas have it as asked.

import { BATCH_HEADER_BYTES, batchSizeAt, isFormat2, isIntact, readBatchHeader } from '../log/record-batch.ts'
import { checkRecords } from '../log/records.ts'
import { OFFSETS_TOPIC } from '../group/coordinator-partition.ts'
import { appendAsLeader } from '../replication/append-as-leader.ts'
import type { Acks, Appended } from '../replication/append-as-leader.ts'
import type { Partition } from '../replication/partition.ts'
import { ERROR, KafkaError } from '../wire/error-code.ts'
import type { ErrorCode } from '../wire/error-code.ts'
import { MalformedRequest } from '../wire/malformed-request.ts'
import type { ProducedPartition, ProduceRequest, ProduceResponse } from '../wire/produce.ts'
import type { BrokerContext } from './broker-context.ts'

const ACKS: ReadonlyMap<number, Acks> = new Map([
  [0, 'none'],
  [1, 'leader'],
  [-1, 'all'],
])

/** Undefined: the producer does not want to know. If it failed, the connection is closed, which is all that it can be told. */
export async function answerProduce(
  broker: BrokerContext,
  request: ProduceRequest,
): Promise<ProduceResponse | undefined> {
  const acks = ACKS.get(request.acks)
  const topics = await Promise.all(
    request.topics.map(async ({ topic, partitions }) => ({
      topic,
      partitions: await Promise.all(
        partitions.map(async ({ partition, records }) => {
          const place = { topic, partition, partitionReplica: broker.replicas.find(topic, partition) }
          if (acks === undefined) return refused(partition, ERROR.INVALID_REQUIRED_ACKS)
          if (request.transactionalId !== null) return refused(partition, ERROR.INVALID_TXN_STATE)
          return produce(broker, place, { records, acks, timeoutMs: request.timeoutMs })
        }),
      ),
    })),
  )
  if (acks !== 'none') return { topics }
  const hasFailed = topics.some(({ partitions }) => partitions.some(({ error }) => error !== ERROR.NONE))
  if (hasFailed) throw new MalformedRequest('a produce request without acknowledgement has failed')
  return undefined
}

async function produce(
  broker: BrokerContext,
  { topic, partition, partitionReplica }: { topic: string; partition: number; partitionReplica: Partition | undefined },
  options: { readonly records: Buffer | null; readonly acks: Acks; readonly timeoutMs: number },
): Promise<ProducedPartition> {
  if (topic === OFFSETS_TOPIC) return refused(partition, ERROR.INVALID_TOPIC_EXCEPTION)
  if (partitionReplica === undefined) return refused(partition, errorOfAbsent(broker, topic, partition))
  if (partitionReplica.leader === undefined) return refused(partition, ERROR.NOT_LEADER_OR_FOLLOWER)
  let batch: Buffer
  try {
    batch = checkedBatch(options.records, partitionReplica)
  } catch (error) {
    if (error instanceof KafkaError) return refused(partition, error.code)
    throw error
  }
  return produced(partition, await appendAsLeader(partitionReplica, broker.runtime.clock, batch, options))
}

/** A partition that is not on this broker: led elsewhere, or nowhere known. */
export function errorOfAbsent(broker: BrokerContext, topic: string, partition: number): ErrorCode {
  return broker.image.partition(topic, partition) === undefined
    ? ERROR.UNKNOWN_TOPIC_OR_PARTITION
    : ERROR.NOT_LEADER_OR_FOLLOWER
}

/** One whole, sound batch of the topic's kind; a copy, as the leader will write its own offset and epoch into it. */
function checkedBatch(records: Buffer | null, partition: Partition): Buffer {
  if (records === null || records.length === 0) throw new KafkaError(ERROR.INVALID_RECORD, 'no batch')
  if (records.length < BATCH_HEADER_BYTES) throw new KafkaError(ERROR.CORRUPT_MESSAGE)
  if (!isFormat2(records)) throw new KafkaError(ERROR.UNSUPPORTED_FOR_MESSAGE_FORMAT)
  const size = batchSizeAt(records, 0)
  if (size === undefined) throw new KafkaError(ERROR.CORRUPT_MESSAGE)
  if (size !== records.length) throw new KafkaError(ERROR.INVALID_RECORD, 'more than one batch')
  if (size > partition.config.maxMessageBytes) throw new KafkaError(ERROR.MESSAGE_TOO_LARGE)
  if (!isIntact(records)) throw new KafkaError(ERROR.CORRUPT_MESSAGE)
  const header = readBatchHeader(records)
  if (header.isControl) throw new KafkaError(ERROR.INVALID_RECORD, 'a client does not write control batches')
  if (header.isTransactional) throw new KafkaError(ERROR.INVALID_TXN_STATE)
  const count = header.lastOffset - header.baseOffset + 1
  if (header.recordCount < 1 || count !== header.recordCount)
    throw new KafkaError(ERROR.INVALID_RECORD, 'a wrong count')
  if (header.producerId >= 0 && (header.producerEpoch < 0 || header.firstSequence < 0)) {
    throw new KafkaError(ERROR.INVALID_RECORD, 'a producer id without epoch and sequence')
  }
  checkRecords(records, header)
  const batch = Buffer.allocUnsafeSlow(records.length)
  batch.set(records)
  return batch
}

function produced(partition: number, appended: Appended): ProducedPartition {
  return { partition, ...appended, logStartOffset: appended.error === ERROR.NONE ? 0 : -1 }
}

function refused(partition: number, error: ErrorCode): ProducedPartition {
  return { partition, error, baseOffset: -1, logAppendTimeMs: -1, logStartOffset: -1 }
}
