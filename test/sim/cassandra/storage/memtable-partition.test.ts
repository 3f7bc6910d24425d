import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Fragment } from '../../../../sim/cassandra/data/fragment.ts'
import { mergeFragments } from '../../../../sim/cassandra/data/fragment.ts'
import { MemtablePartition } from '../../../../sim/cassandra/storage/memtable-partition.ts'
import { arbitraryFragment, textOf } from '../data/arbitrary-fragment.ts'

/** More rows than a narrow partition has. */
const WIDE: Fragment = {
  key: Buffer.from('key'),
  deletion: undefined,
  ranges: [],
  rows: Array.from({ length: 30 }, (_, index) => ({
    place: `b${String.fromCharCode(97 + index)}`,
    clustering: [Buffer.of(index)],
    insertedMicros: 3n,
    deletion: undefined,
    cells: [],
  })),
}

test('a wide partition is what its writes merge to, whenever it is read, and what was read does not change', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(arbitraryFragment, fc.boolean()), { maxLength: 8 }), writes => {
      const partition = new MemtablePartition(WIDE)
      let merged = WIDE
      const read: { readonly fragment: Fragment; readonly text: string }[] = []
      for (const [fragment, reads] of writes) {
        partition.add(fragment)
        merged = mergeFragments(merged, fragment)
        if (reads) read.push({ fragment: partition.fragment, text: textOf(merged) })
      }
      expect(textOf(partition.fragment)).toBe(textOf(merged))
      for (const { fragment, text } of read) expect(textOf(fragment)).toBe(text)
    }),
    { numRuns: 500 },
  )
})
