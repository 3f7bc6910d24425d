// What we write, kafkajs reads, in every version that both know: its own decoders are the judge.

import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { API } from '../../../../sim/kafka/wire/api.ts'
import type { Api } from '../../../../sim/kafka/wire/api.ts'
import { writeApiVersions } from '../../../../sim/kafka/wire/api-versions.ts'
import { writeCreateTopics } from '../../../../sim/kafka/wire/create-topics.ts'
import { writeDescribeConfigs } from '../../../../sim/kafka/wire/describe-configs.ts'
import { writeDescribeGroups, writeListGroups } from '../../../../sim/kafka/wire/describe-groups.ts'
import { writeFetch } from '../../../../sim/kafka/wire/fetch.ts'
import { writeFindCoordinator } from '../../../../sim/kafka/wire/find-coordinator.ts'
import { writeHeartbeat } from '../../../../sim/kafka/wire/heartbeat.ts'
import { writeInitProducerId } from '../../../../sim/kafka/wire/init-producer-id.ts'
import { writeJoinGroup } from '../../../../sim/kafka/wire/join-group.ts'
import { writeLeaveGroup } from '../../../../sim/kafka/wire/leave-group.ts'
import { writeListOffsets } from '../../../../sim/kafka/wire/list-offsets.ts'
import { writeMetadata } from '../../../../sim/kafka/wire/metadata.ts'
import { writeOffsetCommit } from '../../../../sim/kafka/wire/offset-commit.ts'
import { writeOffsetFetch } from '../../../../sim/kafka/wire/offset-fetch.ts'
import { writeProduce } from '../../../../sim/kafka/wire/produce.ts'
import { writeSyncGroup } from '../../../../sim/kafka/wire/sync-group.ts'
import { WireWriter } from '../../../../sim/kafka/wire/wire-writer.ts'
import { buildBatch } from '../../../../sim/kafka/log/records.ts'

const require = createRequire(import.meta.url)

interface Case {
  readonly api: Api
  /** kafkajs's folder of it. */
  readonly folder: string
  readonly write: (writer: WireWriter, version: number) => void
  readonly read: unknown
}

const batch = buildBatch([{ key: Buffer.from('k'), value: Buffer.from('v') }], 1_767_225_600_000)
const topic = 'events'

const CASES: readonly Case[] = [
  {
    api: API.ApiVersions,
    folder: 'apiVersions',
    write: (w, version) => writeApiVersions(w, version, { error: 0, apis: [API.Produce, API.Fetch] }),
    read: { errorCode: 0, apiVersions: [{ apiKey: 0, minVersion: 3, maxVersion: 8 }, { apiKey: 1 }] },
  },
  {
    api: API.Produce,
    folder: 'produce',
    write: (w, version) =>
      writeProduce(w, version, {
        topics: [
          {
            topic,
            partitions: [{ partition: 3, error: 19, baseOffset: 2 ** 40, logAppendTimeMs: -1, logStartOffset: 0 }],
          },
        ],
      }),
    read: {
      topics: [{ topicName: topic, partitions: [{ partition: 3, errorCode: 19, baseOffset: String(2 ** 40) }] }],
      throttleTime: 0,
    },
  },
  {
    api: API.Fetch,
    folder: 'fetch',
    write: (w, version) =>
      writeFetch(w, version, {
        error: 0,
        topics: [
          { topic, partitions: [{ partition: 3, error: 0, highWatermark: 9, logStartOffset: 0, records: [batch] }] },
        ],
      }),
    read: {
      responses: [
        {
          topicName: topic,
          partitions: [
            { partition: 3, errorCode: 0, highWatermark: '9', messages: [{ offset: '0', key: Buffer.from('k') }] },
          ],
        },
      ],
    },
  },
  {
    api: API.ListOffsets,
    folder: 'listOffsets',
    write: (w, version) =>
      writeListOffsets(w, version, {
        topics: [{ topic, partitions: [{ partition: 1, error: 0, timestamp: -1, offset: 77, leaderEpoch: 2 }] }],
      }),
    read: { responses: [{ topic, partitions: [{ partition: 1, errorCode: 0, timestamp: '-1', offset: '77' }] }] },
  },
  {
    api: API.Metadata,
    folder: 'metadata',
    write: (w, version) =>
      writeMetadata(w, version, {
        brokers: [{ id: 1, host: 'h', port: 9092, rack: null }],
        clusterId: 'c',
        controllerId: 1,
        topics: [
          {
            error: 0,
            topic,
            isInternal: false,
            partitions: [
              { error: 5, partition: 0, leader: -1, leaderEpoch: 4, replicas: [1, 2], isr: [2], offlineReplicas: [1] },
            ],
          },
        ],
      }),
    read: {
      brokers: [{ nodeId: 1, host: 'h', port: 9092 }],
      topicMetadata: [
        {
          topic,
          partitionMetadata: [{ partitionErrorCode: 5, partitionId: 0, leader: -1, replicas: [1, 2], isr: [2] }],
        },
      ],
    },
  },
  {
    api: API.OffsetCommit,
    folder: 'offsetCommit',
    write: (w, version) =>
      writeOffsetCommit(w, version, { topics: [{ topic, partitions: [{ partition: 1, error: 22 }] }] }),
    read: { responses: [{ topic, partitions: [{ partition: 1, errorCode: 22 }] }] },
  },
  {
    api: API.OffsetFetch,
    folder: 'offsetFetch',
    write: (w, version) =>
      writeOffsetFetch(w, version, {
        error: 0,
        topics: [{ topic, partitions: [{ partition: 1, offset: 5, leaderEpoch: 0, metadata: 'm' }] }],
      }),
    read: { responses: [{ topic, partitions: [{ partition: 1, offset: '5', metadata: 'm', errorCode: 0 }] }] },
  },
  {
    api: API.FindCoordinator,
    folder: 'findCoordinator',
    write: (w, version) => writeFindCoordinator(w, version, { error: 0, nodeId: 2, host: 'h', port: 9092 }),
    read: { errorCode: 0, coordinator: { nodeId: 2, host: 'h', port: 9092 } },
  },
  {
    api: API.JoinGroup,
    folder: 'joinGroup',
    write: (w, version) =>
      writeJoinGroup(w, version, {
        error: 0,
        generationId: 4,
        protocolName: 'range',
        leaderId: 'm',
        memberId: 'm',
        members: [{ memberId: 'm', groupInstanceId: null, metadata: Buffer.from('x') }],
      }),
    read: {
      errorCode: 0,
      generationId: 4,
      groupProtocol: 'range',
      leaderId: 'm',
      members: [{ memberId: 'm', memberMetadata: Buffer.from('x') }],
    },
  },
  {
    api: API.SyncGroup,
    folder: 'syncGroup',
    write: (w, version) => writeSyncGroup(w, version, { error: 0, assignment: Buffer.from('part') }),
    read: { errorCode: 0, memberAssignment: Buffer.from('part') },
  },
  {
    api: API.Heartbeat,
    folder: 'heartbeat',
    write: (w, version) => writeHeartbeat(w, version, 27),
    read: { errorCode: 27 },
  },
  {
    api: API.LeaveGroup,
    folder: 'leaveGroup',
    write: (w, version) => writeLeaveGroup(w, version, { error: 0, members: [{ memberId: 'm', error: 0 }] }),
    read: { errorCode: 0 },
  },
  {
    api: API.DescribeGroups,
    folder: 'describeGroups',
    write: (w, version) =>
      writeDescribeGroups(w, version, [
        {
          error: 0,
          groupId: 'g',
          state: 'Stable',
          protocolType: 'consumer',
          protocolName: 'range',
          members: [
            {
              memberId: 'm',
              groupInstanceId: null,
              clientId: 'c',
              clientHost: '/h',
              metadata: Buffer.from('x'),
              assignment: Buffer.from('y'),
            },
          ],
        },
      ]),
    read: {
      groups: [{ groupId: 'g', state: 'Stable', members: [{ clientHost: '/h', memberAssignment: Buffer.from('y') }] }],
    },
  },
  {
    api: API.ListGroups,
    folder: 'listGroups',
    write: (w, version) =>
      writeListGroups(w, version, { error: 0, groups: [{ groupId: 'g', protocolType: 'consumer' }] }),
    read: { errorCode: 0, groups: [{ groupId: 'g', protocolType: 'consumer' }] },
  },
  {
    api: API.CreateTopics,
    folder: 'createTopics',
    write: w => writeCreateTopics(w, [{ name: topic, error: 36, message: 'there' }]),
    read: { topicErrors: [{ topic, errorCode: 36, errorMessage: 'there' }] },
  },
  {
    api: API.InitProducerId,
    folder: 'initProducerId',
    write: w => writeInitProducerId(w, { error: 0, producerId: 4_000, producerEpoch: 0 }),
    read: { errorCode: 0, producerId: '4000', producerEpoch: 0 },
  },
  {
    api: API.DescribeConfigs,
    folder: 'describeConfigs',
    write: (w, version) =>
      writeDescribeConfigs(w, version, [
        {
          error: 0,
          message: null,
          type: 2,
          name: topic,
          configs: [{ name: 'min.insync.replicas', value: '2', isDefault: false }],
        },
      ]),
    read: {
      resources: [
        {
          resourceName: topic,
          configEntries: [{ configName: 'min.insync.replicas', configValue: '2', isDefault: false }],
        },
      ],
    },
  },
]

interface Decoder {
  decode(bytes: Buffer): Promise<unknown>
}

const versions = CASES.flatMap(each => {
  const { versions: known } = require(`kafkajs/src/protocol/requests/${each.folder}`) as { versions: string[] }
  return known
    .map(Number)
    .filter(version => version >= each.api.minVersion && version <= each.api.maxVersion)
    .map(version => ({ ...each, name: each.api.name, version }))
})

test.each(versions)('kafkajs reads $name in version $version', async ({ folder, version, write, read }) => {
  const { decode } = require(`kafkajs/src/protocol/requests/${folder}/v${version}/response`) as Decoder
  const writer = new WireWriter()
  write(writer, version)
  expect(await decode(writer.finish())).toMatchObject(read as object)
})

test('every request that clients may send is among them', () => {
  expect(CASES.map(({ api }) => api.key).sort()).toEqual(
    Object.values(API)
      .map(({ key }) => key)
      .sort(),
  )
  expect(versions.length).toBeGreaterThan(45)
})
