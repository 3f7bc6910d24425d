import { beforeEach, expect, test } from 'vitest'
import { CONTROLLER_DEFAULTS } from '../../../../sim/kafka/controller/controller-settings.ts'
import { ControllerState } from '../../../../sim/kafka/controller/controller-state.ts'
import type { PartitionRecord } from '../../../../sim/kafka/metadata/metadata-record.ts'
import { ERROR } from '../../../../sim/kafka/wire/error-code.ts'

const SESSION_MS = CONTROLLER_DEFAULTS.brokerSessionTimeoutMs

let state: ControllerState
let nowMs: number
const epochs = new Map<number, number>()

beforeEach(() => {
  state = new ControllerState(CONTROLLER_DEFAULTS)
  nowMs = 0
  epochs.clear()
})

function register(id: number, incarnation = `${id}`): number {
  const { error, epoch } = state.register({ id, incarnation, host: `h${id}`, port: 9092, rack: null }, nowMs)
  if (error === ERROR.NONE) epochs.set(id, epoch)
  return error
}

function beat(...ids: number[]): void {
  for (const id of ids) {
    state.heartbeat({ id, epoch: epochs.get(id) ?? -1, metadataOffset: state.image.offset }, nowMs)
  }
}

/** Time passes; those brokers are alive. */
function pass(ms: number, ...alive: number[]): void {
  for (const endMs = nowMs + ms; nowMs < endMs;) {
    nowMs += 1_000
    beat(...alive)
    state.expireSessions(nowMs)
  }
}

function up(...ids: number[]): void {
  for (const id of ids) register(id)
  beat(...ids)
}

function createTopic(
  name: string,
  options: { partitions?: number; replicas?: number; configs?: [string, string | null][] } = {},
): number {
  const { partitions = 1, replicas = 3, configs = [] } = options
  const topic = {
    name,
    partitions,
    replicationFactor: replicas,
    assignments: [],
    configs: configs.map(([key, value]) => ({ name: key, value })),
  }
  const [made] = state.createTopics({ topics: [topic], timeoutMs: 1_000, validateOnly: false })
  return made?.error ?? -1
}

function partition(topic = 't', index = 0): PartitionRecord {
  const found = state.image.partition(topic, index)
  if (found === undefined) throw new Error('no such partition')
  return found
}

test('a broker is fenced until it has seen its own registration', () => {
  register(1)
  expect(state.image.isActive(1)).toBe(false)
  state.heartbeat({ id: 1, epoch: 0, metadataOffset: 0 }, nowMs)
  expect(state.image.isActive(1)).toBe(false)
  state.heartbeat({ id: 1, epoch: 0, metadataOffset: 1 }, nowMs)
  expect(state.image.isActive(1)).toBe(true)
})

test('a broker that is not heard of for a session leads nothing and is in no in-sync set', () => {
  up(1, 2, 3)
  createTopic('t')
  const { leader, leaderEpoch, partitionEpoch } = partition()
  const others = [1, 2, 3].filter(id => id !== leader)
  pass(SESSION_MS - 1_000, ...others)
  expect(partition().leader).toBe(leader)
  pass(1_000, ...others)
  expect(partition()).toMatchObject({ leaderEpoch: leaderEpoch + 1, partitionEpoch: partitionEpoch + 1 })
  expect(partition().leader).not.toBe(leader)
  expect([...partition().isr].sort()).toEqual(others)
})

test('the last in-sync replica stays in the set when it goes, and leads again when it is back', () => {
  up(1, 2, 3)
  createTopic('t')
  const [first = 0, second = 0, last = 0] = partition().replicas
  pass(SESSION_MS, second, last)
  pass(SESSION_MS, last)
  expect(partition()).toMatchObject({ leader: last, isr: [last] })
  pass(SESSION_MS)
  expect(partition()).toMatchObject({ leader: -1, isr: [last] })
  register(first, 'again')
  beat(first)
  expect(partition()).toMatchObject({ leader: -1, isr: [last] })
  register(last, 'again')
  beat(last)
  expect(partition()).toMatchObject({ leader: last, isr: [last] })
})

test('another process of a broker waits until the session of the first is over', () => {
  up(1, 2, 3)
  createTopic('t')
  expect(register(1, 'again')).toBe(ERROR.DUPLICATE_BROKER_REGISTRATION)
  pass(SESSION_MS, 2, 3)
  expect(register(1, 'again')).toBe(ERROR.NONE)
  expect(state.image.isActive(1)).toBe(false)
  expect(partition().isr).not.toContain(1)
})

test('another process of a broker that leads takes nothing over, though nobody has missed the first one yet', () => {
  up(1, 2, 3)
  createTopic('t')
  expect(partition().leader).toBe(1)
  nowMs += SESSION_MS
  beat(2, 3)
  expect(register(1, 'again')).toBe(ERROR.NONE)
  expect(partition().leader).not.toBe(1)
  expect(partition().isr).not.toContain(1)
})

test('the same process may register twice: its first answer was lost', () => {
  register(1)
  const before = state.image.offset
  expect(register(1)).toBe(ERROR.NONE)
  expect(state.image.offset).toBe(before)
})

test('a heartbeat of a former process is refused', () => {
  register(1)
  const old = epochs.get(1) ?? -1
  nowMs += SESSION_MS
  register(1, 'again')
  expect(state.heartbeat({ id: 1, epoch: old, metadataOffset: 99 }, nowMs).error).toBe(ERROR.STALE_BROKER_EPOCH)
  expect(state.heartbeat({ id: 9, epoch: 0, metadataOffset: 99 }, nowMs).error).toBe(ERROR.BROKER_ID_NOT_REGISTERED)
})

/** What the leader of t proposes, with something about it that is wrong. */
function propose(
  wrong: { leaderEpoch?: number; partitionEpoch?: number; isr?: number[]; brokerEpoch?: number; from?: number } = {},
): number {
  const current = partition()
  const { from = current.leader, isr = current.isr } = wrong
  const members = isr.map(id => ({ id, epoch: wrong.brokerEpoch ?? epochs.get(id) ?? -1 }))
  const [verdict] = state.alterPartition({
    id: from,
    epoch: epochs.get(from) ?? -1,
    proposals: [
      {
        topic: 't',
        partition: 0,
        leaderEpoch: wrong.leaderEpoch ?? current.leaderEpoch,
        partitionEpoch: wrong.partitionEpoch ?? current.partitionEpoch,
        isr: members,
      },
    ],
  })
  return verdict?.error ?? -1
}

test.each([
  { wrong: {}, error: ERROR.NONE, why: 'as the leader says' },
  { wrong: { leaderEpoch: 9 }, error: ERROR.FENCED_LEADER_EPOCH, why: 'of another leader epoch' },
  { wrong: { partitionEpoch: 9 }, error: ERROR.INVALID_UPDATE_VERSION, why: 'about an older state' },
  { wrong: { isr: [2, 3], from: 1 }, error: ERROR.INVALID_REQUEST, why: 'without the leader itself' },
  { wrong: { isr: [1, 1] }, error: ERROR.INVALID_REQUEST, why: 'with a member twice' },
  { wrong: { isr: [1, 9] }, error: ERROR.INVALID_REQUEST, why: 'with a broker that has no replica' },
  { wrong: { brokerEpoch: 77 }, error: ERROR.INELIGIBLE_REPLICA, why: 'with a former process of a broker' },
  { wrong: { brokerEpoch: -1 }, error: ERROR.NONE, why: 'with a member that has not fetched yet' },
  { wrong: { from: 2 }, error: ERROR.FENCED_LEADER_EPOCH, why: 'of a follower' },
])('a proposal $why', ({ wrong, error }) => {
  up(1, 2, 3)
  createTopic('t')
  expect(partition().leader).toBe(1)
  const before = partition().partitionEpoch
  expect(propose(wrong)).toBe(error)
  expect(partition().partitionEpoch).toBe(before + (error === ERROR.NONE ? 1 : 0))
})

test('a fenced broker is not let into a set', () => {
  up(1, 2, 3)
  createTopic('t')
  pass(SESSION_MS, 1, 2)
  expect(propose({ isr: [1, 2, 3] })).toBe(ERROR.INELIGIBLE_REPLICA)
})

test('leadership goes back to the first replicas, where they are in sync', () => {
  up(1, 2, 3)
  createTopic('t', { partitions: 3 })
  pass(SESSION_MS, 2, 3)
  register(1, 'again')
  beat(1)
  state.balanceLeaders()
  expect(partition('t', 0).leader).not.toBe(1)
  propose({ isr: [...partition().isr, 1] })
  state.balanceLeaders()
  expect(partition('t', 0).leader).toBe(1)
})

test('a controller that starts again knows what its log has, and gives every active broker a session', () => {
  up(1, 2, 3)
  createTopic('t', { partitions: 2, configs: [['min.insync.replicas', '2']] })
  const records = state.takeDecided()
  const again = new ControllerState(CONTROLLER_DEFAULTS)
  for (const record of records) again.replay(record)
  again.activate(50_000)
  expect([...again.image.partitions()]).toEqual([...state.image.partitions()])
  expect(again.image.topics.get('t')?.config.minInsyncReplicas).toBe(2)
  again.expireSessions(50_000 + SESSION_MS - 1)
  expect(again.image.activeBrokers()).toHaveLength(3)
  again.expireSessions(50_000 + SESSION_MS)
  expect(again.image.activeBrokers()).toHaveLength(0)
})

test.each([
  { name: 'a b', error: ERROR.INVALID_TOPIC_EXCEPTION },
  { name: '..', error: ERROR.INVALID_TOPIC_EXCEPTION },
  { name: 'x'.repeat(250), error: ERROR.INVALID_TOPIC_EXCEPTION },
  { name: 'there', error: ERROR.TOPIC_ALREADY_EXISTS },
  { name: 't', partitions: 0, error: ERROR.INVALID_PARTITIONS },
  { name: 't', replicas: 0, error: ERROR.INVALID_REPLICATION_FACTOR },
  { name: 't', replicas: 4, error: ERROR.INVALID_REPLICATION_FACTOR },
  { name: 't', configs: [['no.such.setting', '1']], error: ERROR.INVALID_CONFIG },
  { name: 't', configs: [['min.insync.replicas', '0']], error: ERROR.INVALID_CONFIG },
  { name: 't', configs: [['max.message.bytes', 'many']], error: ERROR.INVALID_CONFIG },
  { name: 't', configs: [['cleanup.policy', null]], error: ERROR.INVALID_CONFIG },
  { name: 't', configs: [['message.timestamp.type', 'LogAppendTime']], error: ERROR.NONE },
] as { name: string; partitions?: number; replicas?: number; configs?: [string, string | null][]; error: number }[])(
  'a topic $name with $partitions partitions, $replicas replicas, $configs: error $error',
  ({ name, error, ...options }) => {
    up(1, 2, 3)
    createTopic('there')
    const before = state.image.offset
    expect(createTopic(name, options)).toBe(error)
    if (error !== ERROR.NONE) expect(state.image.offset).toBe(before)
  },
)

test('leaders and followers of a topic are spread over all brokers', () => {
  up(1, 2, 3)
  createTopic('t', { partitions: 12 })
  const partitions = [...state.image.partitions()]
  for (const id of [1, 2, 3]) expect(partitions.filter(({ leader }) => leader === id)).toHaveLength(4)
  for (const { replicas } of partitions) expect(new Set(replicas).size).toBe(3)
  const second = partitions.filter(({ leader }) => leader === 1).map(({ replicas }) => replicas[1])
  expect(new Set(second)).toEqual(new Set([2, 3]))
})

test('a topic gets its replicas while a broker is down, out of sync there', () => {
  up(1, 2, 3)
  pass(SESSION_MS, 1, 2)
  expect(createTopic('t', { partitions: 3 })).toBe(ERROR.NONE)
  for (const { replicas, isr, leader } of state.image.partitions()) {
    expect(replicas).toHaveLength(3)
    expect([...isr].sort()).toEqual([1, 2])
    expect([1, 2]).toContain(leader)
  }
})

test('producer ids are handed out once, also by a controller that has started again', () => {
  const first = state.allocateProducerIds()
  const second = state.allocateProducerIds()
  expect(second.firstId).toBe(first.firstId + first.count)
  const again = new ControllerState(CONTROLLER_DEFAULTS)
  for (const record of state.takeDecided()) again.replay(record)
  expect(again.allocateProducerIds().firstId).toBe(second.firstId + second.count)
})
