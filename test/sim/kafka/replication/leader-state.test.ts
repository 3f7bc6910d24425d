import { beforeEach, expect, test } from 'vitest'
import { LeaderState } from '../../../../sim/kafka/replication/leader-state.ts'

const LAG_MAX_MS = 30_000

let lastFetchMs: Map<number, number>
let inactive: Set<number>

beforeEach(() => {
  lastFetchMs = new Map()
  inactive = new Set()
})

/** Broker 1 leads; 2 and 3 follow; two in-sync replicas are asked for. */
function leader(options: { isr?: number[]; highWatermark?: number; epochStartOffset?: number } = {}): LeaderState {
  const { isr = [1, 2, 3], highWatermark = 0, epochStartOffset = 0 } = options
  const facts = {
    isActiveIncarnation: (id: number, epoch: number) => !inactive.has(id) && epoch === 100 + id,
    lastFetchMs: (id: number) => lastFetchMs.get(id) ?? -Infinity,
  }
  const record = { kind: 'partition', topic: 't', partition: 0, replicas: [1, 2, 3], isr, leader: 1 } as const
  return new LeaderState(facts, {
    self: 1,
    selfEpoch: 101,
    partition: { ...record, leaderEpoch: 5, partitionEpoch: 7 },
    epochStartOffset,
    minInsyncReplicas: 2,
    lagMaxMs: LAG_MAX_MS,
    highWatermark,
    nowMs: 0,
  })
}

function fetched(state: LeaderState, id: number, at: { offset: number; leaderEnd?: number; nowMs?: number }): void {
  state.fetched(id, { offset: at.offset, brokerEpoch: 100 + id, leaderEnd: at.leaderEnd ?? 10, nowMs: at.nowMs ?? 1 })
}

test('the high watermark is where the last in-sync replica is', () => {
  const state = leader()
  fetched(state, 2, { offset: 10 })
  expect(state.advance(10, 1)).toBe(false)
  fetched(state, 3, { offset: 4 })
  expect(state.advance(10, 1)).toBe(true)
  expect(state.highWatermark).toBe(4)
})

test('the high watermark never goes back', () => {
  const state = leader({ highWatermark: 6 })
  fetched(state, 2, { offset: 3 })
  fetched(state, 3, { offset: 3 })
  expect(state.advance(10, 1)).toBe(false)
  expect(state.highWatermark).toBe(6)
})

test('a replica that is out of sync holds nobody up', () => {
  const state = leader({ isr: [1, 2] })
  fetched(state, 2, { offset: 9 })
  state.advance(10, 1)
  expect(state.highWatermark).toBe(9)
})

test('a replica that is about to be in sync is waited for already', () => {
  const state = leader({ isr: [1, 2] })
  fetched(state, 2, { offset: 9 })
  fetched(state, 3, { offset: 7 })
  state.propose([1, 2, 3])
  state.advance(10, 1)
  expect(state.highWatermark).toBe(7)
})

test('with fewer in-sync replicas than asked for the high watermark stands still', () => {
  const state = leader({ isr: [1] })
  expect(state.hasEnoughReplicas).toBe(false)
  expect(state.advance(10, 1)).toBe(false)
})

test('a follower that has not had everything for too long is proposed out, and counts until that is agreed', () => {
  const state = leader()
  fetched(state, 2, { offset: 10, nowMs: 40_000 })
  fetched(state, 3, { offset: 2, nowMs: 40_000 })
  expect(state.shrunk(10, LAG_MAX_MS)).toBeUndefined()
  expect(state.shrunk(10, LAG_MAX_MS + 1)).toEqual([1, 2])
  state.propose([1, 2])
  expect(state.shrunk(10, LAG_MAX_MS + 1)).toBeUndefined()
  state.advance(10, LAG_MAX_MS + 1)
  expect(state.highWatermark).toBe(2)
  state.agreed({ isr: [1, 2], partitionEpoch: 8 })
  state.advance(10, LAG_MAX_MS + 1)
  expect(state.highWatermark).toBe(10)
})

test('a follower of an idle log is in sync for ever, and missed once the log grows', () => {
  const state = leader()
  for (const id of [2, 3]) fetched(state, id, { offset: 10, nowMs: 1_000 })
  lastFetchMs.set(2, 99_500).set(3, 1_000)
  expect(state.shrunk(10, 100_000)).toBeUndefined()
  state.grows(10)
  expect(state.shrunk(11, 100_000)).toEqual([1, 2])
})

test.each([
  { offset: 9, isProposed: true, why: 'it has all that is committed' },
  { offset: 7, isProposed: false, why: 'it lacks something that is committed' },
  { offset: 10, isProposed: false, epochStartOffset: 11, why: 'it lacks something of former leaders' },
  { offset: 10, isProposed: false, isInactive: true, why: 'its broker is fenced' },
])('a follower at $offset is proposed in sync ($isProposed): $why', options => {
  const { offset, isProposed, epochStartOffset = 0, isInactive = false } = options
  const state = leader({ isr: [1, 2], highWatermark: 8, epochStartOffset })
  if (isInactive) inactive.add(3)
  fetched(state, 3, { offset })
  expect(state.grown(3)).toEqual(isProposed ? [1, 2, 3] : undefined)
})

test('a former incarnation of a broker is never proposed', () => {
  const state = leader({ isr: [1, 2] })
  state.fetched(3, { offset: 10, brokerEpoch: 55, leaderEnd: 10, nowMs: 1 })
  expect(state.grown(3)).toBeUndefined()
})

test('only what is newer is agreed', () => {
  const state = leader()
  state.agreed({ isr: [1], partitionEpoch: 7 })
  expect(state.isr).toEqual([1, 2, 3])
  state.agreed({ isr: [1, 2], partitionEpoch: 8 })
  expect(state.isr).toEqual([1, 2])
})
