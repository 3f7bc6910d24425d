// The requests of Kafka's protocol that this server answers, and the versions in which it does.

export interface Api {
  readonly key: number
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
}

type ClientApi =
  | 'Produce'
  | 'Fetch'
  | 'ListOffsets'
  | 'Metadata'
  | 'OffsetCommit'
  | 'OffsetFetch'
  | 'FindCoordinator'
  | 'JoinGroup'
  | 'Heartbeat'
  | 'LeaveGroup'
  | 'SyncGroup'
  | 'DescribeGroups'
  | 'ListGroups'
  | 'ApiVersions'
  | 'CreateTopics'
  | 'InitProducerId'
  | 'DescribeConfigs'

type InternalApi =
  | 'ReplicaFetch'
  | 'RegisterBroker'
  | 'BrokerHeartbeat'
  | 'FetchMetadata'
  | 'AlterPartition'
  | 'AllocateProducerIds'
  | 'CreateTopicsForwarded'

/**
 * As Kafka 4 begins (older record formats are gone there), up to the last version before tagged fields, which is more
 * than kafkajs asks for.
 */
export const API: Readonly<Record<ClientApi, Api>> = {
  Produce: { key: 0, name: 'Produce', minVersion: 3, maxVersion: 8 },
  Fetch: { key: 1, name: 'Fetch', minVersion: 4, maxVersion: 11 },
  ListOffsets: { key: 2, name: 'ListOffsets', minVersion: 1, maxVersion: 5 },
  Metadata: { key: 3, name: 'Metadata', minVersion: 0, maxVersion: 8 },
  OffsetCommit: { key: 8, name: 'OffsetCommit', minVersion: 2, maxVersion: 7 },
  OffsetFetch: { key: 9, name: 'OffsetFetch', minVersion: 1, maxVersion: 5 },
  FindCoordinator: { key: 10, name: 'FindCoordinator', minVersion: 0, maxVersion: 2 },
  JoinGroup: { key: 11, name: 'JoinGroup', minVersion: 2, maxVersion: 5 },
  Heartbeat: { key: 12, name: 'Heartbeat', minVersion: 0, maxVersion: 3 },
  LeaveGroup: { key: 13, name: 'LeaveGroup', minVersion: 0, maxVersion: 3 },
  SyncGroup: { key: 14, name: 'SyncGroup', minVersion: 0, maxVersion: 3 },
  DescribeGroups: { key: 15, name: 'DescribeGroups', minVersion: 0, maxVersion: 4 },
  ListGroups: { key: 16, name: 'ListGroups', minVersion: 0, maxVersion: 2 },
  ApiVersions: { key: 18, name: 'ApiVersions', minVersion: 0, maxVersion: 2 },
  CreateTopics: { key: 19, name: 'CreateTopics', minVersion: 2, maxVersion: 4 },
  InitProducerId: { key: 22, name: 'InitProducerId', minVersion: 0, maxVersion: 1 },
  DescribeConfigs: { key: 32, name: 'DescribeConfigs', minVersion: 1, maxVersion: 3 },
}

/**
 * What brokers and the controller say to each other. Kafka uses Fetch and the KRaft requests here, in versions with tagged
 * fields that no client library sees; ours carry the same facts in one form each.
 */
export const INTERNAL_API: Readonly<Record<InternalApi, Api>> = {
  ReplicaFetch: { key: 1001, name: 'ReplicaFetch', minVersion: 0, maxVersion: 0 },
  RegisterBroker: { key: 1002, name: 'RegisterBroker', minVersion: 0, maxVersion: 0 },
  BrokerHeartbeat: { key: 1003, name: 'BrokerHeartbeat', minVersion: 0, maxVersion: 0 },
  FetchMetadata: { key: 1004, name: 'FetchMetadata', minVersion: 0, maxVersion: 0 },
  AlterPartition: { key: 1005, name: 'AlterPartition', minVersion: 0, maxVersion: 0 },
  AllocateProducerIds: { key: 1006, name: 'AllocateProducerIds', minVersion: 0, maxVersion: 0 },
  CreateTopicsForwarded: { key: 1007, name: 'CreateTopicsForwarded', minVersion: 0, maxVersion: 0 },
}

export const CLIENT_APIS: readonly Api[] = Object.values(API)
