// FindCoordinator, and what is asked about groups without being their member.

import type { Group, GroupPhase } from '../group/group.ts'
import { OFFSETS_TOPIC, partitionOfGroup } from '../group/coordinator-partition.ts'
import type { DescribedGroup, ListedGroup } from '../wire/describe-groups.ts'
import { ERROR } from '../wire/error-code.ts'
import { GROUP_COORDINATOR } from '../wire/find-coordinator.ts'
import type { FindCoordinatorRequest, FindCoordinatorResponse } from '../wire/find-coordinator.ts'
import type { BrokerContext } from './broker-context.ts'

/** The first who asks has the topic of the offsets made, and asks again. */
export async function answerFindCoordinator(
  broker: BrokerContext,
  request: FindCoordinatorRequest,
): Promise<FindCoordinatorResponse> {
  const refused = (error: number): FindCoordinatorResponse => ({ error, nodeId: -1, host: '', port: -1 })
  if (request.keyType !== GROUP_COORDINATOR) return refused(ERROR.INVALID_REQUEST)
  if (request.key === '') return refused(ERROR.INVALID_GROUP_ID)
  const topic = broker.image.topics.get(OFFSETS_TOPIC)
  if (topic === undefined) {
    await createOffsetsTopic(broker)
    return refused(ERROR.COORDINATOR_NOT_AVAILABLE)
  }
  const { leader } = topic.partitions[partitionOfGroup(request.key, topic.partitions.length)] ?? { leader: -1 }
  const registration = broker.image.brokers.get(leader)?.registration
  if (registration === undefined || !broker.image.isActive(leader)) return refused(ERROR.COORDINATOR_NOT_AVAILABLE)
  return { error: ERROR.NONE, nodeId: leader, host: registration.host, port: registration.port }
}

async function createOffsetsTopic(broker: BrokerContext): Promise<void> {
  const { offsetsTopicPartitions: partitions, offsetsTopicReplicationFactor: replicationFactor } = broker.settings
  const configs = [
    { name: 'cleanup.policy', value: 'compact' },
    { name: 'segment.bytes', value: '104857600' },
    { name: 'compression.type', value: 'producer' },
  ]
  const topic = { name: OFFSETS_TOPIC, partitions, replicationFactor, assignments: [], configs }
  try {
    const [made] = await broker.controller.createTopics({ topics: [topic], timeoutMs: 5_000, validateOnly: false })
    if (made !== undefined && made.error !== ERROR.NONE && made.error !== ERROR.TOPIC_ALREADY_EXISTS) {
      broker.runtime.log.write('warn', 'offsets topic not created', { error: made.message })
    }
  } catch (error) {
    broker.runtime.log.write('debug', 'offsets topic not created', { error: String(error) })
  }
}

const STATE_NAMES: Readonly<Record<GroupPhase, string>> = {
  empty: 'Empty',
  'preparing-rebalance': 'PreparingRebalance',
  'completing-rebalance': 'CompletingRebalance',
  stable: 'Stable',
}

export function answerDescribeGroups(broker: BrokerContext, groupIds: readonly string[]): readonly DescribedGroup[] {
  return groupIds.map(groupId => {
    const found = broker.groups.describe(groupId)
    const error = 'error' in found ? found.error : ERROR.NONE
    const group = 'error' in found ? undefined : found.group
    return group === undefined ? absent(groupId, error) : describe(group)
  })
}

function absent(groupId: string, error: number): DescribedGroup {
  const state = error === ERROR.NONE ? 'Dead' : ''
  return { error, groupId, state, protocolType: '', protocolName: '', members: [] }
}

function describe(group: Group): DescribedGroup {
  const { protocolType, protocolName, members } = group.snapshot
  const isStable = group.phase === 'stable'
  return {
    error: ERROR.NONE,
    groupId: group.groupId,
    state: STATE_NAMES[group.phase],
    protocolType,
    protocolName: isStable ? (protocolName ?? '') : '',
    members: members.map(member => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      metadata: isStable
        ? (member.protocols.find(({ name }) => name === protocolName)?.metadata ?? Buffer.alloc(0))
        : Buffer.alloc(0),
      assignment: isStable ? member.assignment : Buffer.alloc(0),
    })),
  }
}

export function answerListGroups(broker: BrokerContext): readonly ListedGroup[] {
  return [...broker.groups.groups()].map(({ groupId, snapshot: { protocolType } }) => ({ groupId, protocolType }))
}
