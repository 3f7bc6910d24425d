import fc from 'fast-check'
import { expect, test } from 'vitest'
import { oldestMicrosOf, sizeOfFragment } from '../../../../sim/cassandra/data/fragment-size.ts'
import { readFragment, writeFragment } from '../../../../sim/cassandra/data/fragment-codec.ts'
import { mergeFragments } from '../../../../sim/cassandra/data/fragment.ts'
import { ByteReader } from '../../../../sim/cassandra/wire/byte-reader.ts'
import { ByteWriter } from '../../../../sim/cassandra/wire/byte-writer.ts'
import { arbitraryFragment, textOf } from './arbitrary-fragment.ts'

test('a fragment comes back from its bytes, which are as many as were foretold', () => {
  fc.assert(
    fc.property(arbitraryFragment, fragment => {
      const writer = new ByteWriter(0)
      writeFragment(writer, fragment)
      const bytes = writer.finish()
      expect(bytes.length).toBe(sizeOfFragment(fragment))
      const reader = new ByteReader(bytes)
      expect(textOf(readFragment(reader))).toBe(textOf(fragment))
      expect(reader.remaining).toBe(0)
    }),
  )
})

test('bytes that were cut off or changed are refused, or read as some fragment, and never do worse', () => {
  fc.assert(
    fc.property(arbitraryFragment, fc.nat(), fc.integer({ min: 0, max: 255 }), (fragment, at, byte) => {
      const bytes = Buffer.from(textOf(fragment), 'hex')
      const cut = bytes.subarray(0, at % bytes.length)
      expect(() => readFragment(new ByteReader(cut))).toThrow(expect.objectContaining({ name: 'MalformedBytes' }))
      bytes[at % bytes.length] = byte
      try {
        readFragment(new ByteReader(bytes))
      } catch (error) {
        expect(error).toMatchObject({ name: 'MalformedBytes' })
      }
    }),
  )
})

test('merging makes nothing older than the oldest of its parts', () => {
  fc.assert(
    fc.property(arbitraryFragment, arbitraryFragment, (a, b) => {
      const [oldest] = [oldestMicrosOf(a), oldestMicrosOf(b)].sort((x, y) => (x < y ? -1 : 1))
      expect(oldestMicrosOf(mergeFragments(a, b)) >= (oldest ?? 0n)).toBe(true)
    }),
  )
})
