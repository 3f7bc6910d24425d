// Reads that several replicas answer, page by page, each cut where its own limit is: they must give what one node would give
// that has everything.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resolveReads, resolveScans } from '../../../sim/cassandra/coordinator/resolve.ts'
import type { Fragment } from '../../../sim/cassandra/data/fragment.ts'
import { mergeFragments } from '../../../sim/cassandra/data/fragment.ts'
import { isLiveRow } from '../../../sim/cassandra/data/row.ts'
import type { ReadCommand } from '../../../sim/cassandra/read/read-command.ts'
import { answerRead, emptyFragment, endingAt, slicesAfter } from '../../../sim/cassandra/read/read-command.ts'
import { runSelect } from '../../../sim/cassandra/read/run-select.ts'
import { tokenOf } from '../../../sim/cassandra/ring/murmur3.ts'
import type { SelectPlan } from '../../../sim/cassandra/statement/select-plan.ts'
import type { Slice } from '../../../sim/cassandra/statement/slices.ts'
import { placeOf } from '../../../sim/cassandra/storage/place.ts'
import { PLACES, arbitraryFragment, arbitraryFragmentOf } from './data/arbitrary-fragment.ts'

const KEY = Buffer.from('key')

/** In order, disjoint, over the places and the gaps between them. */
const arbitrarySlices: fc.Arbitrary<readonly Slice[]> = fc
  .uniqueArray(fc.constantFrom(...PLACES, 'aa', 'dd', 'g'), { minLength: 2, maxLength: 6 })
  .map(bounds => {
    const sorted = [...bounds].sort()
    return sorted.flatMap((start, index) => {
      const end = sorted[index + 1]
      return index % 2 === 0 && end !== undefined ? [{ start, end }] : []
    })
  })

function livePlaces(fragment: Fragment, slices: readonly Slice[]): readonly string[] {
  return fragment.rows
    .filter(isLiveRow)
    .map(row => row.place)
    .filter(place => slices.some(({ start, end }) => start <= place && place < end))
}

test('pages of a partition are what one node with everything would give, in either direction', () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(arbitraryFragment, { nil: undefined, freq: 5 }), { minLength: 1, maxLength: 3 }),
      arbitrarySlices,
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      (replicas, slices, limit, isReversed) => {
        const whole = replicas.reduce<Fragment>(
          (merged, part) => (part ? mergeFragments(merged, part) : merged),
          emptyFragment(KEY),
        )
        const found: string[] = []
        let command: ReadCommand = { table: 't', key: KEY, slices, isReversed, limit }
        for (let end: string | undefined = 'first'; end !== undefined;) {
          const { answer } = resolveReads(
            replicas.map(replica => answerRead(replica, command)),
            command,
          )
          const places = livePlaces(answer.fragment, command.slices)
          found.push(...(isReversed ? [...places].reverse() : places))
          end = answer.end
          if (end !== undefined) command = { ...command, slices: slicesAfter(command, end) }
        }
        const expected = livePlaces(whole, slices)
        expect(found).toEqual(isReversed ? [...expected].reverse() : expected)
      },
    ),
    { seed: 11, numRuns: 2_000 },
  )
})

test('replicas that take what they lack answer alike from then on', () => {
  fc.assert(
    fc.property(
      fc.array(arbitraryFragment, { minLength: 2, maxLength: 3 }),
      arbitrarySlices,
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      (replicas, slices, limit, isReversed) => {
        const command: ReadCommand = { table: 't', key: KEY, slices, isReversed, limit }
        const { answer, missing } = resolveReads(
          replicas.map(replica => answerRead(replica, command)),
          command,
        )
        const repaired = replicas.map((replica, index) => (missing[index] ?? []).reduce(mergeFragments, replica))
        for (const replica of repaired) {
          const own = endingAt({ fragment: replica, end: undefined }, command, answer.end).fragment
          expect(livePlaces(own, slices)).toEqual(livePlaces(answer.fragment, slices))
        }
      },
    ),
    { seed: 12, numRuns: 2_000 },
  )
})

const KEYS: readonly Buffer[] = ['p', 'q', 'r', 's', 't'].map(name => Buffer.from(name))

test('a paged scan gives every row of every partition once, in token order', async () => {
  const tables = fc.array(
    fc.tuple(...KEYS.map(key => fc.option(arbitraryFragmentOf(key), { nil: undefined, freq: 2 }))),
    { minLength: 1, maxLength: 3 },
  )
  await fc.assert(
    fc.asyncProperty(tables, fc.integer({ min: 1, max: 4 }), async (replicas, pageSize) => {
      const tokenOrder = [...KEYS].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
      const partsOf = (key: Buffer): readonly Fragment[] =>
        replicas.flatMap(replica => replica[KEYS.indexOf(key)] ?? [])
      const plan: SelectPlan = {
        ...{ kind: 'select', columns: [], isCount: false, isDistinct: false, isReversed: false },
        table: { storageName: 't' } as SelectPlan['table'],
        target: () => ({ kind: 'scan', after: '\0\0\0\0\0\0\0\0', to: undefined }),
        limit: () => Infinity,
        valuesOf: (key, row) => [key, Buffer.from(row.place)],
      }
      const reader = {
        read: async (command: ReadCommand) =>
          resolveReads(
            replicas.map(replica => answerRead(replica[KEYS.findIndex(key => key.equals(command.key))], command)),
            command,
          ).answer,
        scan: async ({ after, limit }: { readonly after: string; readonly limit: number }) =>
          resolveScans(
            replicas.map(replica => {
              const there = tokenOrder
                .flatMap(key => replica[KEYS.indexOf(key)] ?? [])
                .filter(({ key }) => tokenOf(key) > after)
              const fragments = there.slice(0, limit)
              const last = fragments.at(-1)
              return { fragments, through: there.length < limit || last === undefined ? undefined : tokenOf(last.key) }
            }),
          ).answer,
      }
      const found: string[] = []
      let pagingState: Uint8Array | undefined
      do {
        const page = await runSelect(plan, [], { reader, pageSize, pagingState })
        expect(page.rows.length).toBeLessThanOrEqual(pageSize)
        found.push(...page.rows.map(row => row.map(value => Buffer.from(value!).toString()).join('/')))
        pagingState = page.pagingState
      } while (pagingState !== undefined)
      const expected = tokenOrder.flatMap(key => {
        const [first, ...rest] = partsOf(key)
        if (first === undefined) return []
        const whole = rest.reduce(mergeFragments, first)
        return livePlaces(whole, [{ start: '', end: 'z' }]).map(place => `${key.toString()}/${place}`)
      })
      expect(found).toEqual(expected)
    }),
    { seed: 13, numRuns: 500 },
  )
})
