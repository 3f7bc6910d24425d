import { expect, test } from 'vitest'
import { ProducerStates } from '../../../../sim/kafka/log/producer-states.ts'
import type { BatchHeader } from '../../../../sim/kafka/log/record-batch.ts'

function batch(
  fields: Partial<BatchHeader> & { readonly firstSequence: number; readonly recordCount?: number },
): BatchHeader {
  const { recordCount = 1, baseOffset = fields.firstSequence + 100 } = fields
  return {
    baseOffset,
    lastOffset: baseOffset + recordCount - 1,
    size: 100,
    leaderEpoch: 0,
    compression: 0,
    isAppendTime: false,
    isTransactional: false,
    isControl: false,
    firstTimestamp: 0,
    maxTimestamp: 7,
    producerId: 1,
    producerEpoch: 0,
    recordCount,
    ...fields,
  }
}

function withBatches(count: number): ProducerStates {
  const states = new ProducerStates()
  for (let n = 0; n < count; n++) states.add(batch({ firstSequence: n }))
  return states
}

test.each([
  { after: 0, next: batch({ firstSequence: 17 }), outcome: 'taken', why: 'an unknown producer may begin anywhere' },
  { after: 3, next: batch({ firstSequence: 3 }), outcome: 'taken', why: 'it follows' },
  { after: 3, next: batch({ firstSequence: 4 }), outcome: 'OUT_OF_ORDER_SEQUENCE_NUMBER', why: 'a gap' },
  { after: 3, next: batch({ firstSequence: 1 }), outcome: 101, why: 'a repeat gets the offset of the first copy' },
  {
    after: 3,
    next: batch({ firstSequence: 1, recordCount: 2 }),
    outcome: 'OUT_OF_ORDER_SEQUENCE_NUMBER',
    why: 'another batch',
  },
  { after: 6, next: batch({ firstSequence: 1 }), outcome: 101, why: 'the fifth last is still known' },
  {
    after: 6,
    next: batch({ firstSequence: 0 }),
    outcome: 'OUT_OF_ORDER_SEQUENCE_NUMBER',
    why: 'the sixth last is not',
  },
  { after: 3, next: batch({ firstSequence: 0, producerEpoch: 1 }), outcome: 'taken', why: 'a new epoch begins at 0' },
  {
    after: 3,
    next: batch({ firstSequence: 3, producerEpoch: 1 }),
    outcome: 'OUT_OF_ORDER_SEQUENCE_NUMBER',
    why: 'and nowhere else',
  },
  { after: 3, next: batch({ firstSequence: 9, producerId: -1 }), outcome: 'taken', why: 'no producer id, no question' },
])('after $after batches: $why', ({ after, next, outcome }) => {
  const states = withBatches(after)
  const check = (): unknown => states.check(next)?.baseOffset ?? 'taken'
  if (typeof outcome === 'string' && outcome !== 'taken') expect(check).toThrow(outcome)
  else expect(check()).toBe(outcome)
})

test('an old epoch of a producer is refused', () => {
  const states = new ProducerStates()
  states.add(batch({ firstSequence: 0, producerEpoch: 2 }))
  expect(() => states.check(batch({ firstSequence: 1, producerEpoch: 1 }))).toThrow('INVALID_PRODUCER_EPOCH')
})

test('sequences begin again at zero after the last of 31 bits', () => {
  const states = new ProducerStates()
  states.add(batch({ firstSequence: 2 ** 31 - 2, recordCount: 2, baseOffset: 5 }))
  expect(states.check(batch({ firstSequence: 0, baseOffset: 7 }))).toBeUndefined()
})
