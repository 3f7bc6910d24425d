// Every request that a broker answers, and how: its bytes are read, somebody knows the answer, and that is written.

import { readReplicaFetch, sizeOfFetched, writeReplicaFetched } from '../replication/replica-fetch.ts'
import { API, CLIENT_APIS, INTERNAL_API } from '../wire/api.ts'
import type { Api } from '../wire/api.ts'
import { writeApiVersions } from '../wire/api-versions.ts'
import { readCreateTopics, writeCreateTopics } from '../wire/create-topics.ts'
import { readDescribeConfigs, writeDescribeConfigs } from '../wire/describe-configs.ts'
import { readDescribeGroups, writeDescribeGroups, writeListGroups } from '../wire/describe-groups.ts'
import { ERROR } from '../wire/error-code.ts'
import { readFetch, writeFetch } from '../wire/fetch.ts'
import type { FetchResponse } from '../wire/fetch.ts'
import { readFindCoordinator, writeFindCoordinator } from '../wire/find-coordinator.ts'
import { readHeartbeat, writeHeartbeat } from '../wire/heartbeat.ts'
import { readInitProducerId, writeInitProducerId } from '../wire/init-producer-id.ts'
import { readJoinGroup, writeJoinGroup } from '../wire/join-group.ts'
import { readLeaveGroup, writeLeaveGroup } from '../wire/leave-group.ts'
import { readListOffsets, writeListOffsets } from '../wire/list-offsets.ts'
import { readMetadata, writeMetadata } from '../wire/metadata.ts'
import { readOffsetCommit, writeOffsetCommit } from '../wire/offset-commit.ts'
import { readOffsetFetch, writeOffsetFetch } from '../wire/offset-fetch.ts'
import { readProduce, writeProduce } from '../wire/produce.ts'
import { readSyncGroup, writeSyncGroup } from '../wire/sync-group.ts'
import type { WireReader } from '../wire/wire-reader.ts'
import type { WireWriter } from '../wire/wire-writer.ts'
import { answerFetch } from './answer-fetch.ts'
import { answerDescribeGroups, answerFindCoordinator, answerListGroups } from './answer-group.ts'
import { answerListOffsets } from './answer-list-offsets.ts'
import { answerMetadata } from './answer-metadata.ts'
import { answerProduce } from './answer-produce.ts'
import { answerCreateTopics, answerDescribeConfigs } from './answer-topics.ts'
import type { BrokerContext } from './broker-context.ts'

/** Writes the body of an answer; undefined where there is no answer to be given. */
export interface Body {
  readonly write: (writer: WireWriter) => void
  readonly sizeHint?: number
}

export interface Asked {
  readonly version: number
  readonly body: WireReader
  readonly clientId: string
  readonly clientAddress: string
}

export type Answer = (broker: BrokerContext, asked: Asked) => Body | undefined | Promise<Body | undefined>

/** By key. */
export const ANSWERS: ReadonlyMap<number, { readonly api: Api; readonly answer: Answer }> = new Map(
  (
    [
      [API.ApiVersions, (_, { version }) => body(w => writeApiVersions(w, version, { error: 0, apis: CLIENT_APIS }))],
      [API.Produce, produce],
      [API.Fetch, fetch],
      [INTERNAL_API.ReplicaFetch, replicaFetch],
      [
        API.ListOffsets,
        (broker, { version, body: reader }) => {
          const response = answerListOffsets(broker, version, readListOffsets(reader, version))
          return body(w => writeListOffsets(w, version, response))
        },
      ],
      [
        API.Metadata,
        (broker, { version, body: reader }) => {
          const response = answerMetadata(broker, readMetadata(reader, version))
          return body(w => writeMetadata(w, version, response), 1024)
        },
      ],
      [
        API.CreateTopics,
        async (broker, { body: reader }) => {
          const topics = await answerCreateTopics(broker, readCreateTopics(reader))
          return body(w => writeCreateTopics(w, topics))
        },
      ],
      [
        API.DescribeConfigs,
        (broker, { version, body: reader }) => {
          const results = answerDescribeConfigs(broker, readDescribeConfigs(reader))
          return body(w => writeDescribeConfigs(w, version, results))
        },
      ],
      [API.InitProducerId, initProducerId],
      [
        API.FindCoordinator,
        async (broker, { version, body: reader }) => {
          const response = await answerFindCoordinator(broker, readFindCoordinator(reader, version))
          return body(w => writeFindCoordinator(w, version, response))
        },
      ],
      [API.JoinGroup, joinGroup],
      [
        API.SyncGroup,
        async (broker, { version, body: reader }) => {
          const response = await broker.groups.sync(readSyncGroup(reader, version))
          return body(w => writeSyncGroup(w, version, response))
        },
      ],
      [
        API.Heartbeat,
        (broker, { version, body: reader }) => {
          const error = broker.groups.heartbeat(readHeartbeat(reader, version))
          return body(w => writeHeartbeat(w, version, error))
        },
      ],
      [
        API.LeaveGroup,
        (broker, { version, body: reader }) => {
          const { groupId, memberIds } = readLeaveGroup(reader, version)
          const members = memberIds.map(memberId => ({ memberId, error: broker.groups.leave(groupId, memberId) }))
          return body(w => writeLeaveGroup(w, version, { error: 0, members }))
        },
      ],
      [
        API.OffsetCommit,
        async (broker, { version, body: reader }) => {
          const response = await broker.groups.commitOffsets(readOffsetCommit(reader, version))
          return body(w => writeOffsetCommit(w, version, response))
        },
      ],
      [
        API.OffsetFetch,
        (broker, { version, body: reader }) => {
          const response = broker.groups.fetchOffsets(readOffsetFetch(reader, version))
          return body(w => writeOffsetFetch(w, version, response))
        },
      ],
      [
        API.DescribeGroups,
        (broker, { version, body: reader }) => {
          const groups = answerDescribeGroups(broker, readDescribeGroups(reader))
          return body(w => writeDescribeGroups(w, version, groups))
        },
      ],
      [
        API.ListGroups,
        (broker, { version }) => body(w => writeListGroups(w, version, { error: 0, groups: answerListGroups(broker) })),
      ],
    ] satisfies readonly (readonly [Api, Answer])[]
  ).map(([api, answer]) => [api.key, { api, answer }]),
)

async function produce(broker: BrokerContext, { version, body: reader }: Asked): Promise<Body | undefined> {
  const response = await answerProduce(broker, readProduce(reader))
  return response === undefined ? undefined : body(w => writeProduce(w, version, response))
}

async function fetch(broker: BrokerContext, { version, body: reader }: Asked): Promise<Body> {
  const response = await answerFetch(broker, readFetch(reader, version))
  return body(w => writeFetch(w, version, response), 128 + sizeOf(response))
}

async function replicaFetch(broker: BrokerContext, { body: reader }: Asked): Promise<Body> {
  const response = await broker.replicas.fetch(readReplicaFetch(reader))
  return body(w => writeReplicaFetched(w, response), sizeOfFetched(response))
}

async function initProducerId(broker: BrokerContext, { body: reader }: Asked): Promise<Body> {
  const { transactionalId } = readInitProducerId(reader)
  const refuse = (error: number): Body =>
    body(w => writeInitProducerId(w, { error, producerId: -1, producerEpoch: -1 }))
  // Transactions have coordinators of their own, which are not here yet.
  if (transactionalId !== null) return refuse(ERROR.INVALID_REQUEST)
  const producerId = await broker.producerIds.next()
  if (producerId === undefined) return refuse(ERROR.COORDINATOR_LOAD_IN_PROGRESS)
  return body(w => writeInitProducerId(w, { error: 0, producerId, producerEpoch: 0 }))
}

async function joinGroup(
  broker: BrokerContext,
  { version, body: reader, clientId, clientAddress }: Asked,
): Promise<Body> {
  const { runtime } = broker
  const response = await broker.groups.join(readJoinGroup(reader, version), {
    nowMs: runtime.clock.monotonicMs(),
    newMemberId: broker.newMemberId(clientId),
    clientId,
    clientHost: `/${clientAddress}`,
  })
  return body(w => writeJoinGroup(w, version, response))
}

function body(write: (writer: WireWriter) => void, sizeHint?: number): Body {
  return sizeHint === undefined ? { write } : { write, sizeHint }
}

function sizeOf(response: FetchResponse): number {
  let size = 0
  for (const { topic, partitions } of response.topics) {
    size += topic.length + 8
    for (const { records } of partitions) {
      size += 48
      for (const batch of records) size += batch.length
    }
  }
  return size
}
