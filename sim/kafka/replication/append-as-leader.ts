// A leader takes a batch: gives it its place and epoch, writes it, and waits for its replicas as far as the producer asks.

import type { Clock } from '../../../system/runtime/clock.ts'
import { readBatchHeader, stampAppendTime, stampPosition } from '../log/record-batch.ts'
import type { BatchHeader } from '../log/record-batch.ts'
import { ERROR, KafkaError } from '../wire/error-code.ts'
import type { Partition } from './partition.ts'

export type Acks = 'none' | 'leader' | 'all'

export interface AppendOptions {
  readonly acks: Acks
  readonly timeoutMs: number
}

export interface Appended {
  readonly error: number
  readonly baseOffset: number
  /** −1 unless the topic's time stamps are append times. */
  readonly logAppendTimeMs: number
}

/**
 * `batch` is checked, and ours to change. Resolves with an error, too: REQUEST_TIMED_OUT, NOT_LEADER_OR_FOLLOWER and
 * NOT_ENOUGH_REPLICAS_AFTER_APPEND leave open whether the batch stays.
 */
export async function appendAsLeader(
  partition: Partition,
  clock: Clock,
  batch: Buffer,
  options: AppendOptions,
): Promise<Appended> {
  const placed = place(partition, clock, batch, options)
  if ('error' in placed) return placed
  const { baseOffset, endOffset, logAppendTimeMs, writing } = placed
  await writing
  const error = options.acks === 'all' ? await untilReplicated(partition, clock, endOffset, options) : ERROR.NONE
  return { error, baseOffset: error === ERROR.NONE ? baseOffset : -1, logAppendTimeMs }
}

interface Placed {
  readonly baseOffset: number
  readonly endOffset: number
  readonly logAppendTimeMs: number
  readonly writing: Promise<void> | undefined
}

/** Without waiting for anything, so that no other batch comes between the check and the offset. */
function place(partition: Partition, clock: Clock, batch: Buffer, options: AppendOptions): Placed | Appended {
  const { leader, log, config } = partition
  if (leader === undefined) return refusal(ERROR.NOT_LEADER_OR_FOLLOWER)
  if (options.acks === 'all' && !leader.hasEnoughReplicas) return refusal(ERROR.NOT_ENOUGH_REPLICAS)
  const header = readBatchHeader(batch)
  try {
    const duplicate = log.producers.check(header)
    if (duplicate !== undefined) {
      const { baseOffset, lastOffset, timestampMs } = duplicate
      const logAppendTimeMs = config.isAppendTime ? timestampMs : -1
      return { baseOffset, endOffset: lastOffset + 1, logAppendTimeMs, writing: undefined }
    }
  } catch (error) {
    if (error instanceof KafkaError) return refusal(error.code)
    throw error
  }
  return write(partition, clock, batch, header)
}

function write(partition: Partition, clock: Clock, batch: Buffer, header: BatchHeader): Placed {
  const { log, config } = partition
  const baseOffset = log.nextOffset
  stampPosition(batch, baseOffset, partition.record.leaderEpoch)
  const logAppendTimeMs = config.isAppendTime ? clock.wallMs() : -1
  if (config.isAppendTime) stampAppendTime(batch, logAppendTimeMs)
  return {
    baseOffset,
    endOffset: baseOffset + header.recordCount,
    logAppendTimeMs,
    writing: partition.append(batch),
  }
}

async function untilReplicated(
  partition: Partition,
  clock: Clock,
  endOffset: number,
  options: AppendOptions,
): Promise<number> {
  const replication = partition.replicated(endOffset)
  const timer = clock.setTimer(options.timeoutMs, () => replication.cancel(ERROR.REQUEST_TIMED_OUT))
  const error = await replication.done
  timer.cancel()
  return error
}

function refusal(error: number): Appended {
  return { error, baseOffset: -1, logAppendTimeMs: -1 }
}
