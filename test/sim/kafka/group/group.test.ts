import { beforeEach, expect, test } from 'vitest'
import { Group } from '../../../../sim/kafka/group/group.ts'
import type { JoinGroupResponse } from '../../../../sim/kafka/wire/join-group.ts'
import type { SyncGroupResponse } from '../../../../sim/kafka/wire/sync-group.ts'
import { ERROR } from '../../../../sim/kafka/wire/error-code.ts'

const DELAY_MS = 3_000
const SESSION_MS = 10_000
const REBALANCE_MS = 20_000

let nowMs: number
let saves: number
let group: Group
const joins = new Map<string, JoinGroupResponse>()
const syncs = new Map<string, SyncGroupResponse>()

beforeEach(() => {
  nowMs = 0
  saves = 0
  joins.clear()
  syncs.clear()
  group = new Group('g', { initialRebalanceDelayMs: DELAY_MS }, () => saves++)
})

function join(memberId: string, options: { newId?: string; protocols?: string[]; isIdRequired?: boolean } = {}): void {
  const { newId = memberId, protocols = ['range'], isIdRequired = false } = options
  group.join(
    {
      groupId: 'g',
      sessionTimeoutMs: SESSION_MS,
      rebalanceTimeoutMs: REBALANCE_MS,
      memberId,
      groupInstanceId: null,
      protocolType: 'consumer',
      protocols: protocols.map(name => ({ name, metadata: Buffer.from(`${name} of ${newId}`) })),
      isMemberIdRequired: isIdRequired,
    },
    { nowMs, newMemberId: newId, clientId: 'c', clientHost: 'h' },
    response => void joins.set(newId, response),
  )
}

/** A member that is new here, and is given its id at once. */
const enter = (newId: string, protocols?: string[]): void => join('', { newId, ...(protocols && { protocols }) })

function sync(memberId: string, assignments: Record<string, string> = {}, generationId = group.generation): void {
  const list = Object.entries(assignments).map(([id, text]) => ({ memberId: id, assignment: Buffer.from(text) }))
  group.sync({ groupId: 'g', generationId, memberId, assignments: list }, nowMs, response => {
    syncs.set(memberId, response)
  })
}

function pass(ms: number): void {
  const endMs = nowMs + ms
  while (group.nextDueMs <= endMs) {
    nowMs = Math.max(nowMs, group.nextDueMs)
    group.tick(nowMs)
  }
  nowMs = endMs
}

/** Two members, a leads, in generation 1. */
function stable(): void {
  enter('a')
  enter('b')
  pass(DELAY_MS * 2)
  sync('b')
  sync('a', { a: 'part a', b: 'part b' })
  group.saved(group.generation, ERROR.NONE, nowMs)
}

test('an empty group waits for more members, and longer while they come, before the first generation', () => {
  enter('a')
  pass(DELAY_MS - 1)
  enter('b')
  pass(1)
  expect(joins.size).toBe(0)
  pass(DELAY_MS)
  expect(joins.get('a')).toMatchObject({ error: 0, generationId: 1, leaderId: 'a', protocolName: 'range' })
  expect(joins.get('a')?.members.map(({ memberId }) => memberId)).toEqual(['a', 'b'])
  expect(joins.get('b')).toMatchObject({ error: 0, generationId: 1, leaderId: 'a', members: [] })
})

test('everybody gets its part when the leader has said which, and the log has it', () => {
  enter('a')
  enter('b')
  pass(DELAY_MS * 2)
  sync('b')
  sync('a', { a: 'part a', b: 'part b' })
  expect(syncs.size).toBe(0)
  expect(saves).toBe(1)
  group.saved(1, ERROR.NONE, nowMs)
  expect(syncs.get('a')?.assignment.toString()).toBe('part a')
  expect(syncs.get('b')?.assignment.toString()).toBe('part b')
  expect(group.phase).toBe('stable')
})

test('what the log refused is told to all, who join again', () => {
  enter('a')
  pass(DELAY_MS)
  sync('a', { a: 'part a' })
  group.saved(1, ERROR.COORDINATOR_NOT_AVAILABLE, nowMs)
  expect(syncs.get('a')?.error).toBe(ERROR.COORDINATOR_NOT_AVAILABLE)
  expect(group.phase).toBe('preparing-rebalance')
})

test('a new member makes all join anew, in the next generation', () => {
  stable()
  enter('c')
  expect(group.heartbeat('a', 1, nowMs)).toBe(ERROR.REBALANCE_IN_PROGRESS)
  join('a')
  join('b')
  expect(joins.get('c')).toMatchObject({ error: 0, generationId: 2, leaderId: 'a' })
  expect(group.heartbeat('a', 1, nowMs)).toBe(ERROR.ILLEGAL_GENERATION)
})

test('a rebalance does not wait for ever: who has not joined is out', () => {
  stable()
  enter('c')
  join('a')
  for (let passed = 0; passed < REBALANCE_MS; passed += SESSION_MS / 2) {
    pass(SESSION_MS / 2)
    group.heartbeat('b', 1, nowMs)
  }
  expect(joins.get('a')).toMatchObject({ error: 0, generationId: 2 })
  expect(group.members.map(({ memberId }) => memberId)).toEqual(['a', 'c'])
  expect(group.heartbeat('b', 2, nowMs)).toBe(ERROR.UNKNOWN_MEMBER_ID)
})

test('a member that is silent for a session is out, and the others join anew', () => {
  stable()
  for (let passed = 0; passed < SESSION_MS; passed += 2_000) {
    pass(2_000)
    group.heartbeat('a', 1, nowMs)
  }
  expect(group.members.map(({ memberId }) => memberId)).toEqual(['a'])
  expect(group.phase).toBe('preparing-rebalance')
})

test('a member that leaves does not have to be waited for', () => {
  stable()
  expect(group.leave('a', nowMs)).toBe(ERROR.NONE)
  join('b')
  expect(joins.get('b')).toMatchObject({ error: 0, generationId: 2, leaderId: 'b' })
  expect(group.leave('a', nowMs)).toBe(ERROR.UNKNOWN_MEMBER_ID)
})

test('the last one to leave makes the group empty, and the log is told', () => {
  stable()
  group.leave('a', nowMs)
  group.leave('b', nowMs)
  expect(group.phase).toBe('empty')
  expect(saves).toBe(2)
})

test('a member that did not hear the answer asks again, and nothing begins anew', () => {
  stable()
  join('b')
  expect(joins.get('b')).toMatchObject({ error: 0, generationId: 1 })
  expect(group.phase).toBe('stable')
  sync('b')
  expect(syncs.get('b')?.assignment.toString()).toBe('part b')
})

test('the leader that joins again begins a rebalance: it has something new to say', () => {
  stable()
  join('a')
  expect(group.phase).toBe('preparing-rebalance')
})

test('a member that has joined and does not ask for its part is out in the end', () => {
  enter('a')
  enter('b')
  pass(DELAY_MS * 2)
  sync('b')
  for (let passed = 0; passed < REBALANCE_MS; passed += 5_000) {
    pass(5_000)
    group.heartbeat('a', 1, nowMs)
  }
  expect(group.members.map(({ memberId }) => memberId)).toEqual(['b'])
  expect(syncs.get('b')?.error).toBe(ERROR.REBALANCE_IN_PROGRESS)
})

test('a new member is given its id first, where its version asks for that', () => {
  join('', { newId: 'a', isIdRequired: true })
  expect(joins.get('a')).toMatchObject({ error: ERROR.MEMBER_ID_REQUIRED, memberId: 'a' })
  expect(group.members).toEqual([])
  join('a', { isIdRequired: true })
  pass(DELAY_MS)
  expect(joins.get('a')).toMatchObject({ error: 0, generationId: 1 })
})

test('an id that was given out and is not used is forgotten', () => {
  join('', { newId: 'a', isIdRequired: true })
  pass(SESSION_MS)
  join('a')
  expect(joins.get('a')).toMatchObject({ error: ERROR.UNKNOWN_MEMBER_ID })
})

test('the protocol is one that all can do, the one that most want', () => {
  enter('a', ['x', 'y'])
  enter('b', ['z', 'y', 'x'])
  enter('c', ['x', 'y'])
  enter('d', ['z'])
  pass(DELAY_MS * 3)
  expect(joins.get('d')).toMatchObject({ error: ERROR.INCONSISTENT_GROUP_PROTOCOL })
  expect(joins.get('a')).toMatchObject({ protocolName: 'x' })
})

test.each([
  { memberId: 'a', generation: 1, error: ERROR.NONE, why: 'a member' },
  { memberId: 'a', generation: 0, error: ERROR.ILLEGAL_GENERATION, why: 'a zombie of a former generation' },
  { memberId: 'z', generation: 1, error: ERROR.UNKNOWN_MEMBER_ID, why: 'nobody' },
  { memberId: '', generation: -1, error: ERROR.UNKNOWN_MEMBER_ID, why: 'an outsider, while there are members' },
])('a commit by $why', ({ memberId, generation, error }) => {
  stable()
  expect(group.commitError(memberId, generation, nowMs)).toBe(error)
})

test('while everybody waits for its part nobody commits', () => {
  enter('a')
  pass(DELAY_MS)
  expect(group.commitError('a', 1, nowMs)).toBe(ERROR.REBALANCE_IN_PROGRESS)
})

test('an outsider commits for a group without members', () => {
  expect(group.commitError('', -1, nowMs)).toBe(ERROR.NONE)
})

test('a group that another broker takes over goes on in its generation, each with a whole session', () => {
  stable()
  const other = new Group('g', { initialRebalanceDelayMs: DELAY_MS }, () => undefined)
  other.restore(group.snapshot, 1_000_000)
  expect(other.heartbeat('b', 1, 1_000_000)).toBe(ERROR.NONE)
  expect(other.nextDueMs).toBe(1_000_000 + SESSION_MS)
  let assignment = ''
  other.sync({ groupId: 'g', generationId: 1, memberId: 'b', assignments: [] }, 1_000_000, response => {
    assignment = response.assignment.toString()
  })
  expect(assignment).toBe('part b')
})

test('who still waits for an answer when the group goes is told to look elsewhere', () => {
  enter('a')
  group.abandon()
  expect(joins.get('a')).toMatchObject({ error: ERROR.NOT_COORDINATOR })
})
