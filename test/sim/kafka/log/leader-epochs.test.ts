import { expect, test } from 'vitest'
import { LeaderEpochs } from '../../../../sim/kafka/log/leader-epochs.ts'

function epochs(...starts: readonly (readonly [epoch: number, startOffset: number])[]): LeaderEpochs {
  const made = new LeaderEpochs()
  for (const [epoch, startOffset] of starts) made.assign(epoch, startOffset)
  return made
}

test.each([
  { asked: 0, end: { epoch: 0, endOffset: 10 }, why: 'an epoch ends where the next begins' },
  { asked: 2, end: { epoch: 2, endOffset: 30 }, why: 'the next that is known' },
  { asked: 1, end: { epoch: 0, endOffset: 10 }, why: 'an unknown epoch: the last below it' },
  { asked: 5, end: { epoch: 5, endOffset: 42 }, why: 'the last one ends with the log' },
  { asked: 9, end: { epoch: 5, endOffset: 42 }, why: 'an epoch of the future: the last that is known' },
])('the end of epoch $asked: $why', ({ asked, end }) => {
  expect(epochs([0, 0], [2, 10], [5, 30]).endOf(asked, 42)).toEqual(end)
})

test('below the first known epoch there is no end', () => {
  expect(epochs([3, 0]).endOf(2, 42)).toBeUndefined()
  expect(epochs().endOf(0, 0)).toBeUndefined()
})

test('an older epoch, or the same again, changes nothing', () => {
  const known = epochs([2, 10])
  known.assign(2, 20)
  known.assign(1, 30)
  expect(known.entries).toEqual([{ epoch: 2, startOffset: 10 }])
})

test('an epoch in which nothing was written gives way to the next', () => {
  expect(epochs([0, 0], [1, 10], [2, 10]).entries).toEqual([
    { epoch: 0, startOffset: 0 },
    { epoch: 2, startOffset: 10 },
  ])
})

test('a truncation forgets the epochs that began after it', () => {
  const known = epochs([0, 0], [1, 10], [2, 20])
  known.truncateTo(20)
  expect(known.latest).toBe(1)
  known.truncateTo(5)
  expect(known.latest).toBe(0)
})
