import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseToken, tokenOf, tokenToBigInt } from '../../../sim/cassandra/ring/murmur3.ts'
import type { Replication } from '../../../sim/cassandra/ring/replication.ts'
import { parseReplication } from '../../../sim/cassandra/ring/replication.ts'
import type { RingNode } from '../../../sim/cassandra/ring/ring.ts'
import { Ring } from '../../../sim/cassandra/ring/ring.ts'

test('tokens are those that the driver computes', () => {
  const { Murmur3Tokenizer } = createRequire(import.meta.url)('cassandra-driver/lib/tokenizer.js')
  const tokenizer = new Murmur3Tokenizer()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), bytes => {
      const key = Buffer.from(bytes)
      expect(String(tokenToBigInt(tokenOf(key)))).toBe(String(tokenizer.hash(key)))
    }),
    { seed: 5, numRuns: 2_000 },
  )
})

test('tokens sort as their numbers do', () => {
  const long = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)
  fc.assert(
    fc.property(long, long, (a, b) => {
      expect(parseToken(String(a)) < parseToken(String(b))).toBe(a < b)
      expect(tokenToBigInt(parseToken(String(a)))).toBe(a)
    }),
    { seed: 6 },
  )
})

describe('replicas', () => {
  /** One token each, in the order of their names; `a1` is in rack 1 of data centre a. */
  const ringOf = (...names: readonly string[]): Ring =>
    new Ring(
      names.map((name, index): RingNode => {
        const [dataCentre = '', rack = ''] = name
        return { address: `${name}-${index}`, dataCentre, rack, tokens: [String(index * 100)] }
      }),
    )
  const replicasAt = (ring: Ring, replication: Replication, token: string): readonly string[] =>
    ring.replicasOf(replication, parseToken(token)).map(({ address }) => address)
  const simple = parseReplication(
    new Map([
      ['class', 'SimpleStrategy'],
      ['replication_factor', '2'],
    ]),
  )
  const topology = parseReplication(
    new Map([
      ['class', 'NetworkTopologyStrategy'],
      ['a', '2'],
      ['b', '1'],
    ]),
  )

  test.each([
    ['0', ['a1-0', 'a1-1']],
    ['1', ['a1-1', 'b1-2']],
    ['300', ['a2-3', 'a1-0']],
    ['301', ['a1-0', 'a1-1']],
    ['-5', ['a1-0', 'a1-1']],
  ])('the owner and who follows it, round the ring: token %s', (token, expected) => {
    expect(replicasAt(ringOf('a1', 'a1', 'b1', 'a2'), simple, token)).toEqual(expected)
  })

  test.each([
    ['0', ['a1-0', 'b1-2', 'a2-3']],
    ['101', ['b1-2', 'a2-3', 'a1-0']],
  ])('so many in each data centre, in different racks while there are some: token %s', (token, expected) => {
    expect(replicasAt(ringOf('a1', 'a1', 'b1', 'a2'), topology, token)).toEqual(expected)
  })

  test('racks repeat where there are fewer of them than replicas', () => {
    expect(replicasAt(ringOf('a1', 'a1', 'a1'), topology, '50')).toEqual(['a1-1', 'a1-2'])
  })

  test('the ranges of a ring cover it once, in order', () => {
    const ranges = ringOf('a1', 'a1', 'b1', 'a2').rangesOf(simple)
    expect(ranges[0]?.range.after).toBe('\0\0\0\0\0\0\0\0')
    expect(ranges.at(-1)?.range.to).toBeUndefined()
    for (const [index, { range }] of ranges.entries()) expect(ranges[index + 1]?.range.after ?? range.to).toBe(range.to)
  })
})

test.each([
  [{}, 'Missing replication strategy class'],
  [{ class: 'NoStrategy' }, "Unable to find replication strategy class 'org.apache.cassandra.locator.NoStrategy'"],
  [{ class: 'SimpleStrategy' }, 'SimpleStrategy requires a replication_factor strategy option.'],
  [
    { class: 'NetworkTopologyStrategy', dc: 'many' },
    "Replication factor must be numeric and non-negative, found 'many'",
  ],
])('a replication of %o is refused', (options, expected) => {
  expect(() => parseReplication(new Map(Object.entries(options)))).toThrow(expected)
})
