import { expect, test } from 'vitest'
import { partitionOfGroup } from '../../../../sim/kafka/group/coordinator-partition.ts'
import { groupRecord, offsetRecord, readOffsetsRecord } from '../../../../sim/kafka/group/offsets-records.ts'

test('a committed offset reads as it was written', () => {
  const place = { groupId: 'g', topic: 'events', partition: 7 }
  const committed = { offset: 2 ** 41, leaderEpoch: 3, metadata: 'läuft', committedAtMs: 1_767_225_600_000 }
  const record = offsetRecord(place, committed)
  expect(readOffsetsRecord(record)).toEqual({ kind: 'offset', ...place, committed })
  expect(readOffsetsRecord({ key: record.key, value: null })).toEqual({
    kind: 'offset',
    ...place,
    committed: undefined,
  })
})

test('a generation reads as it was written, each member with the protocol that was chosen', () => {
  const member = {
    memberId: 'm',
    groupInstanceId: null,
    clientId: 'c',
    clientHost: '/10.0.0.1',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 20_000,
    protocols: [{ name: 'range', metadata: Buffer.from('wants') }],
    assignment: Buffer.from('gets'),
    lastSeenMs: 0,
  }
  const snapshot = { generation: 4, protocolType: 'consumer', protocolName: 'range', leaderId: 'm', members: [member] }
  expect(readOffsetsRecord(groupRecord('g', snapshot, 5))).toEqual({ kind: 'group', groupId: 'g', snapshot })
})

test('records of kinds that are not known here are passed over', () => {
  expect(readOffsetsRecord({ key: Buffer.from([0, 9]), value: null })).toBeUndefined()
  expect(readOffsetsRecord({ key: null, value: null })).toBeUndefined()
})

test.each([
  // As java.lang.String.hashCode has it.
  { groupId: 'hello', partitions: 50, partition: 99_162_322 % 50 },
  { groupId: 'polygenelubricants', partitions: 50, partition: 0 },
  { groupId: 'foreshock-workers', partitions: 1, partition: 0 },
])('the group $groupId is in partition $partition of $partitions', ({ groupId, partitions, partition }) => {
  expect(partitionOfGroup(groupId, partitions)).toBe(partition)
})
