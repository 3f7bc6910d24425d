// Rule C1: which of two cells wins. Each line names the winner first; it must win from either side.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Cell } from '../../../../sim/cassandra/data/cell.ts'
import { laterDeletion, resolveCells } from '../../../../sim/cassandra/data/cell.ts'
import { arbitraryCell, arbitraryDeletion } from './arbitrary-fragment.ts'

const live = (atMicros: bigint, value: string): Cell => ({ atMicros, value: Buffer.from(value), localSeconds: 0 })
const dead = (atMicros: bigint, localSeconds: number): Cell => ({ atMicros, value: undefined, localSeconds })

test.each<[rule: string, winner: Cell, loser: Cell]>([
  ['the later timestamp', live(2n, 'a'), live(1n, 'b')],
  ['the later timestamp, however early it was', live(-1n, 'a'), live(-2n, 'b')],
  ['a later value over an earlier tombstone', live(2n, 'a'), dead(1n, 9)],
  ['a later tombstone over an earlier value', dead(2n, 1), live(1n, 'b')],
  ['of one timestamp the tombstone', dead(1n, 1), live(1n, 'z')],
  ['the tombstone over an empty value', dead(1n, 1), live(1n, '')],
  ['of two tombstones that were made at one timestamp the later deletion', dead(1n, 2), dead(1n, 1)],
  ['of two values the larger bytes', live(1n, 'b'), live(1n, 'a')],
  ['the longer of two values that begin alike', live(1n, 'aa'), live(1n, 'a')],
  ['bytes without a sign', live(1n, '\u00ff'), live(1n, 'z')],
])('wins: %s', (_rule, winner, loser) => {
  expect(resolveCells(winner, loser)).toBe(winner)
  expect(resolveCells(loser, winner)).toBe(winner)
})

test('the winner of many cells does not depend on their order', () => {
  fc.assert(
    fc.property(fc.array(arbitraryCell, { minLength: 1 }), fc.infiniteStream(fc.nat()), (cells, stream) => {
      const shuffled = cells
        .map(cell => ({ cell, key: stream.next().value as number }))
        .sort((a, b) => a.key - b.key)
        .map(({ cell }) => cell)
      expect(shuffled.reduce(resolveCells)).toEqual(cells.reduce(resolveCells))
    }),
  )
})

test('the later of many deletions does not depend on their order', () => {
  fc.assert(
    fc.property(fc.array(arbitraryDeletion, { minLength: 1 }), deletions => {
      const forward = deletions.reduce((a, b) => laterDeletion(a, b) ?? a)
      expect(deletions.toReversed().reduce((a, b) => laterDeletion(a, b) ?? a)).toEqual(forward)
    }),
  )
})
