// Fragments of one small partition, with few timestamps and places, so that they meet each other everywhere.

import fc from 'fast-check'
import type { Cell, Deletion } from '../../../../sim/cassandra/data/cell.ts'
import { writeFragment } from '../../../../sim/cassandra/data/fragment-codec.ts'
import type { Fragment } from '../../../../sim/cassandra/data/fragment.ts'
import { normalized } from '../../../../sim/cassandra/data/fragment.ts'
import type { RangeTombstones } from '../../../../sim/cassandra/data/range-tombstones.ts'
import { mergeRanges } from '../../../../sim/cassandra/data/range-tombstones.ts'
import type { Row } from '../../../../sim/cassandra/data/row.ts'
import { isEmptyRow } from '../../../../sim/cassandra/data/row.ts'
import { ByteWriter } from '../../../../sim/cassandra/wire/byte-writer.ts'

export const PLACES: readonly string[] = ['a', 'b', 'c', 'd', 'e', 'f']

export const arbitraryMicros: fc.Arbitrary<bigint> = fc.bigInt(1n, 6n)

export const arbitraryDeletion: fc.Arbitrary<Deletion> = fc.record(
  { atMicros: arbitraryMicros, localSeconds: fc.integer({ min: 1, max: 4 }) },
  { noNullPrototype: true },
)

const liveCell: fc.Arbitrary<Cell> = fc
  .tuple(arbitraryMicros, fc.constantFrom('', 'x', 'y', 'yy'))
  .map(([atMicros, value]) => ({ atMicros, value: Buffer.from(value), localSeconds: 0 }))

const deadCell: fc.Arbitrary<Cell> = arbitraryDeletion.map(deletion => ({ ...deletion, value: undefined }))

export const arbitraryCell: fc.Arbitrary<Cell> = fc.oneof(liveCell, deadCell)

const arbitraryRow: fc.Arbitrary<Row> = fc
  .tuple(
    fc.constantFrom(...PLACES),
    fc.option(arbitraryMicros, { nil: undefined }),
    fc.option(arbitraryDeletion, { nil: undefined, freq: 3 }),
    fc.array(fc.option(arbitraryCell, { nil: undefined }), { maxLength: 3 }),
  )
  .map(([place, insertedMicros, deletion, cells]) => ({
    place,
    clustering: [Buffer.from(place)],
    insertedMicros,
    deletion,
    cells,
  }))

/** Disjoint and in order, as every list of range tombstones is. */
export const arbitraryRanges: fc.Arbitrary<RangeTombstones> = fc
  .array(fc.tuple(fc.nat({ max: PLACES.length - 1 }), fc.integer({ min: 1, max: PLACES.length }), arbitraryDeletion), {
    maxLength: 3,
  })
  .map(list =>
    list.reduce<RangeTombstones>(
      (merged, [from, length, deletion]) =>
        mergeRanges(merged, [{ start: PLACES[from] ?? '', end: PLACES[from + length] ?? 'z', deletion }]),
      [],
    ),
  )

export function arbitraryFragmentOf(key: Uint8Array): fc.Arbitrary<Fragment> {
  return fc
    .tuple(
      fc.option(arbitraryDeletion, { nil: undefined, freq: 2 }),
      fc.oneof({ weight: 2, arbitrary: fc.constant<RangeTombstones>([]) }, { weight: 1, arbitrary: arbitraryRanges }),
      fc.uniqueArray(arbitraryRow, { maxLength: 5, selector: row => row.place }),
    )
    .map(([deletion, ranges, rows]) => {
      const sorted = rows.filter(row => !isEmptyRow(row)).sort((a, b) => (a.place < b.place ? -1 : 1))
      return normalized({ key, deletion, ranges, rows: sorted })
    })
}

export const arbitraryFragment: fc.Arbitrary<Fragment> = arbitraryFragmentOf(Buffer.from('key'))

/** Equal fragments have equal texts. */
export function textOf(fragment: Fragment | undefined): string {
  if (fragment === undefined) return 'nothing'
  const writer = new ByteWriter()
  writeFragment(writer, fragment)
  return writer.finish().toString('hex')
}
