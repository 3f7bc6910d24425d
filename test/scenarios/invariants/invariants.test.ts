import { describe, expect, test } from 'vitest'
import { ACCEPTED_IS_VISIBLE } from '../../../scenarios/invariants/accepted-is-visible.ts'
import { INVARIANTS } from '../../../scenarios/invariants/all.ts'
import { ANSWERS_ALLOWED } from '../../../scenarios/invariants/answers-allowed.ts'
import { COUNTS_ARE_TRUE } from '../../../scenarios/invariants/counts-are-true.ts'
import { FRESH_IS_VISIBLE_SOON } from '../../../scenarios/invariants/fresh-is-visible-soon.ts'
import type { Evidence, Invariant } from '../../../scenarios/invariants/invariant.ts'
import { NONE_DOUBLED } from '../../../scenarios/invariants/none-doubled.ts'
import { NONE_HALF } from '../../../scenarios/invariants/none-half.ts'
import { NOTHING_VANISHES } from '../../../scenarios/invariants/nothing-vanishes.ts'
import { REFUSALS_AS_SPECIFIED } from '../../../scenarios/invariants/refusals-as-specified.ts'
import { VISIBLE_WAS_ATTEMPTED } from '../../../scenarios/invariants/visible-was-attempted.ts'
import type { Fate, Operation, Reply, WriteOperation } from '../../../scenarios/history.ts'
import { changedAt, evidenceOf, GOOD, row, START_EPOCH_MS, withCount, withRows } from './hand-made.ts'

const without =
  (key: string) =>
  (rows: readonly ReturnType<typeof row>[]): readonly ReturnType<typeof row>[] =>
    rows.filter(({ attempt }) => attempt?.key !== key)

const replied =
  (reply: Reply) =>
  (operation: Operation): Operation => ({ ...operation, reply })

const told =
  (fate: Fate, reply?: Reply) =>
  (operation: Operation): Operation => {
    const write = operation as WriteOperation
    return { ...write, reply: reply ?? write.reply, items: write.items.map(item => ({ ...item, fate })) }
  }

const STATUS = (status: number, code: string): Reply => ({ kind: 'status', status, code, message: 'said' })

/** Each is bad in one way, and named by it. */
const BAD: readonly (readonly [invariant: Invariant, what: string, evidence: Evidence])[] = [
  [ACCEPTED_IS_VISIBLE, 'an accepted event is not read in the end', withRows(25, without('flights-2'))],
  [
    ACCEPTED_IS_VISIBLE,
    'another attempt is read than the accepted one',
    withRows(25, rows => [...without('flights-2')(rows), row('flights-2', 1)]),
  ],
  [NOTHING_VANISHES, 'an event that was read is missing later', withRows(30, without('flights-1'))],
  [NOTHING_VANISHES, 'a later count is smaller than what was read', withCount(9, 0)],
  [NOTHING_VANISHES, 'an event is missing in its timeframe', withRows(29, () => [])],
  [NONE_DOUBLED, 'an attempt is twice in one answer', withRows(25, rows => [...rows, row('flights-1', 1)])],
  [
    NONE_DOUBLED,
    'an attempt is twice in one answer, with two ids',
    withRows(25, rows => [...rows, row('flights-1', 1, { id: 'other' })]),
  ],
  [
    NONE_DOUBLED,
    'an attempt has another id in another answer',
    withRows(3, () => [row('flights-1', 1, { id: 'other' })]),
  ],
  [
    NONE_DOUBLED,
    'two attempts have one id',
    withRows(25, rows => [...without('flights-2')(rows), row('flights-2', 2, { id: 'id-flights-1-1' })]),
  ],
  [NONE_DOUBLED, 'an event has no id', withRows(3, () => [row('flights-1', 1, { id: undefined })])],
  [
    NONE_HALF,
    'a value is not what was sent',
    withRows(3, () => [row('flights-1', 1, { difference: 'delay: sent 5, read 6' })]),
  ],
  [
    NONE_HALF,
    'created_at is before the request',
    withRows(3, () => [row('flights-1', 1, { createdAtMs: START_EPOCH_MS })]),
  ],
  [
    NONE_HALF,
    'created_at is after the answer',
    withRows(3, () => [row('flights-1', 1, { createdAtMs: START_EPOCH_MS + 1_201 })]),
  ],
  [NONE_HALF, 'there is no created_at', withRows(3, () => [row('flights-1', 1, { createdAtMs: undefined })])],
  [
    NONE_HALF,
    'the timestamp is not the one that was sent',
    withRows(25, rows => [...without('flights-3')(rows), row('flights-3', 2, { timestampMs: START_EPOCH_MS + 8_100 })]),
  ],
  [
    VISIBLE_WAS_ATTEMPTED,
    'an event is read that does not say whose it is',
    withRows(3, () => [row('flights-1', 1, { attempt: undefined })]),
  ],
  [
    VISIBLE_WAS_ATTEMPTED,
    'an attempt is read that was never made',
    withRows(30, rows => [...rows, row('flights-1', 2)]),
  ],
  [VISIBLE_WAS_ATTEMPTED, 'an attempt is read before it was made', withRows(3, rows => [...rows, row('flights-2', 2)])],
  [
    VISIBLE_WAS_ATTEMPTED,
    'an attempt is read that certainly failed',
    withRows(30, rows => [...rows, row('flights-3', 1)]),
  ],
  [
    VISIBLE_WAS_ATTEMPTED,
    'an event is read in a collection that it was not sent to',
    changedAt(
      3,
      operation =>
        ({ ...operation, query: { ...(operation as { query: object }).query, collection: 'quakes' } }) as Operation,
    ),
  ],
  [COUNTS_ARE_TRUE, 'the count of all is too small in the end', withCount(26, 3)],
  [COUNTS_ARE_TRUE, 'the count of all is too big in the end', withCount(26, 5)],
  [COUNTS_ARE_TRUE, 'a filtered count is wrong', withCount(27, 4)],
  [COUNTS_ARE_TRUE, 'a count in a relative timeframe is wrong', withCount(28, 4)],
  [COUNTS_ARE_TRUE, 'an extraction in a timeframe has too many', withRows(29, rows => [...rows, row('flights-1', 1)])],
  [COUNTS_ARE_TRUE, 'a count in the storm is higher than what was sent by then', withCount(9, 5)],
  [ANSWERS_ALLOWED, 'a query is not answered in the end', changedAt(26, replied({ kind: 'none', why: 'reset' }))],
  [
    ANSWERS_ALLOWED,
    'a query cannot be served in the end',
    changedAt(26, replied(STATUS(503, 'ServiceUnavailableError'))),
  ],
  [ANSWERS_ALLOWED, 'a query meets a missing block', changedAt(9, replied(STATUS(500, 'BlockUnreadableError')))],
  [ANSWERS_ALLOWED, 'a query is refused', changedAt(9, replied(STATUS(400, 'FilterDefinitionError')))],
  [ANSWERS_ALLOWED, 'a write meets an error of ours', changedAt(4, replied(STATUS(500, 'InternalServerError')))],
  [
    ANSWERS_ALLOWED,
    'an answer is not what it says',
    changedAt(9, replied({ kind: 'strange', status: 200, what: '{}' })),
  ],
  [REFUSALS_AS_SPECIFIED, 'a bad event is accepted', changedAt(10, told({ kind: 'accepted' }))],
  [
    REFUSALS_AS_SPECIFIED,
    'a bad event gets another code',
    changedAt(10, told({ kind: 'refused', code: 'InvalidJSONError' })),
  ],
  [
    REFUSALS_AS_SPECIFIED,
    'a bad event gets another status',
    changedAt(10, told({ kind: 'refused', code: 'InvalidEventError' }, STATUS(403, 'InvalidEventError'))),
  ],
  [
    REFUSALS_AS_SPECIFIED,
    'a good event is refused',
    changedAt(4, told({ kind: 'refused', code: 'InvalidEventError' })),
  ],
  [
    FRESH_IS_VISIBLE_SOON,
    'a fresh event takes too long',
    changedAt(20, operation => ({ ...operation, returnedMicros: 18_000_000 })),
  ],
]

describe('on a good history', () => {
  test.each(INVARIANTS.map(invariant => [invariant.name, invariant] as const))('%s holds', (_, invariant) => {
    expect(invariant.check(evidenceOf(GOOD))).toEqual({ outcome: 'held' })
  })
})

describe('when', () => {
  test.each(BAD.map(([invariant, what, evidence]) => [what, invariant.name, invariant, evidence] as const))(
    '%s, "%s" is broken and shows it',
    (_what, _name, invariant, evidence) => {
      const finding = invariant.check(evidence)
      expect(finding.outcome).toBe('broken')
      expect(finding.outcome === 'broken' && finding.witness.examples.length).toBeGreaterThan(0)
    },
  )

  test('nobody read a collection in the end, what must be visible in it is unknown', () => {
    const unread = evidenceOf(GOOD.filter(operation => operation.invokedMicros < 23_000_000))
    expect(ACCEPTED_IS_VISIBLE.check(unread).outcome).toBe('unknown')
    expect(
      COUNTS_ARE_TRUE.check(evidenceOf(GOOD.filter(one => ![25, 30].includes(one.invokedMicros / 1e6)))).outcome,
    ).toBe('unknown')
  })

  test('nothing fresh was accepted, how soon it is visible is unknown', () => {
    expect(FRESH_IS_VISIBLE_SOON.check(evidenceOf(GOOD.slice(0, 9))).outcome).toBe('unknown')
  })

  test('a request without an answer is received later than its client waited, that is no lie', () => {
    const late = withRows(30, rows => [
      ...rows,
      row('flights-2', 1, { createdAtMs: START_EPOCH_MS + 9_000, timestampMs: START_EPOCH_MS + 9_000 }),
    ])
    expect(NONE_HALF.check(late)).toEqual({ outcome: 'held' })
    expect(VISIBLE_WAS_ATTEMPTED.check(late)).toEqual({ outcome: 'held' })
    expect(COUNTS_ARE_TRUE.check(late)).toEqual({ outcome: 'held' })
  })
})

test('every invariant has a history that breaks it', () => {
  expect(new Set(BAD.map(([invariant]) => invariant))).toEqual(new Set(INVARIANTS))
})
