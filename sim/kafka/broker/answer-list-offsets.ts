// ListOffsets, for consumers: what they may read ends at the high watermark.

import type { Partition } from '../replication/partition.ts'
import { ERROR } from '../wire/error-code.ts'
import { EARLIEST_TIMESTAMP, LATEST_TIMESTAMP } from '../wire/list-offsets.ts'
import type { ListedOffset, ListOffsetsRequest, ListOffsetsResponse } from '../wire/list-offsets.ts'
import { errorOfAbsent } from './answer-produce.ts'
import type { BrokerContext } from './broker-context.ts'

export function answerListOffsets(
  broker: BrokerContext,
  version: number,
  request: ListOffsetsRequest,
): ListOffsetsResponse {
  return {
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition, currentLeaderEpoch, timestamp }) => {
        const replica = broker.replicas.find(topic, partition)
        if (replica === undefined) return refused(partition, errorOfAbsent(broker, topic, partition))
        const error = replica.leadershipError(currentLeaderEpoch)
        return error === ERROR.NONE ? list(replica, timestamp, version) : refused(partition, error)
      }),
    })),
  }
}

function list(replica: Partition, timestamp: number, version: number): ListedOffset {
  const { partition, log, highWatermark, record } = replica
  const at = (offset: number, time: number): ListedOffset => ({
    partition,
    error: ERROR.NONE,
    timestamp: time,
    offset,
    leaderEpoch: record.leaderEpoch,
  })
  if (timestamp === EARLIEST_TIMESTAMP) return at(log.startOffset, -1)
  // A new leader does not know yet how much of what it was given is committed: an older answer would go back in time.
  if (replica.leader?.isCaughtUpWithEpoch !== true) {
    return refused(partition, version >= 5 ? ERROR.OFFSET_NOT_AVAILABLE : ERROR.LEADER_NOT_AVAILABLE)
  }
  if (timestamp === LATEST_TIMESTAMP) return at(highWatermark, -1)
  const found = log.offsetAtTime(timestamp)
  return found === undefined || found.offset >= highWatermark ? at(-1, -1) : at(found.offset, found.timestamp)
}

function refused(partition: number, error: number): ListedOffset {
  return { partition, error, timestamp: -1, offset: -1, leaderEpoch: -1 }
}
