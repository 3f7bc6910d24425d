import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AFTER, placeOf } from '../../../sim/cassandra/types/comparable.ts'
import { native } from '../../../sim/cassandra/types/cql-type.ts'
import type { NativeName } from '../../../sim/cassandra/types/cql-type.ts'
import {
  bigintBytes,
  doubleBytes,
  floatBytes,
  intBytes,
  textBytes,
  varintBytes,
} from '../../../sim/cassandra/types/native-bytes.ts'

/** Values of a type, and how two of them compare. */
const TYPES: readonly { name: NativeName; values: fc.Arbitrary<unknown>; bytes: (value: never) => Buffer; compare: (a: never, b: never) => number }[] = [
  { name: 'int', values: fc.integer(), bytes: intBytes, compare: (a: number, b: number) => a - b },
  { name: 'bigint', values: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), bytes: bigintBytes, compare: byValue },
  { name: 'timestamp', values: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), bytes: bigintBytes, compare: byValue },
  { name: 'varint', values: fc.oneof(fc.bigInt(-1000n, 1000n), fc.bigInt(-(2n ** 80n), 2n ** 80n)), bytes: varintBytes, compare: byValue },
  { name: 'double', values: fc.double({ noNaN: true }), bytes: doubleBytes, compare: byNumber },
  { name: 'float', values: fc.float({ noNaN: true }), bytes: floatBytes, compare: byNumber },
  { name: 'text', values: fc.string({ unit: 'grapheme-ascii', maxLength: 4 }), bytes: textBytes, compare: (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b)) },
  { name: 'blob', values: fc.array(fc.constantFrom(0, 1, 254, 255), { maxLength: 5 }), bytes: (bytes: number[]) => Buffer.from(bytes), compare: (a: number[], b: number[]) => Buffer.compare(Buffer.from(a), Buffer.from(b)) },
] // prettier-ignore

function byValue(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** −0 is before 0, as in Java. */
function byNumber(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : Object.is(a, b) ? 0 : Object.is(a, -0) ? -1 : 1
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

describe('places sort as their values do, ascending and descending, and no value reaches into the next', () => {
  test.each(TYPES)('$name', ({ name, values, bytes, compare }) => {
    const type = native(name)
    fc.assert(
      fc.property(values, values, fc.integer(), fc.integer(), fc.boolean(), (a, b, x, y, isDescending) => {
        const orderings = [
          { type, isDescending },
          { type: native('int'), isDescending: false },
        ]
        const placeA = placeOf(orderings, [bytes(a as never), intBytes(x)])
        const placeB = placeOf(orderings, [bytes(b as never), intBytes(y)])
        const first = Math.sign(compare(a as never, b as never)) * (isDescending ? -1 : 1)
        expect(byText(placeA, placeB)).toBe(first === 0 ? Math.sign(x - y) : first)
        const prefix = placeOf(orderings, [bytes(a as never)])
        expect(prefix <= placeA && placeA < prefix + AFTER).toBe(true)
        if (first !== 0) expect(prefix <= placeB && placeB < prefix + AFTER).toBe(false)
      }),
      { seed: 3, numRuns: 1_000 },
    )
  })
})

test('time UUIDs sort by their time, others by their version first', () => {
  const hex = (text: string): Buffer => Buffer.from(text.replaceAll('-', ''), 'hex')
  const early = hex('ffffffff-0000-1000-8000-000000000000')
  const late = hex('00000000-0001-1000-8000-000000000000')
  const other = hex('00000000-0000-4000-8000-000000000000')
  for (const name of ['timeuuid', 'uuid'] as const) {
    const place = (value: Buffer): string => placeOf([{ type: native(name), isDescending: false }], [value])
    expect(place(early) < place(late)).toBe(true)
    if (name === 'uuid') expect(place(late) < place(other)).toBe(true)
  }
})
