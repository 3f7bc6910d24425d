import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BlockEvent } from '../../../system/store/block.ts'
import { makeBlock } from '../../../system/store/block.ts'
import type { BlockPlace } from '../../../system/store/block-header.ts'
import { readHeaderPiece } from '../../../system/store/block-header.ts'
import { FormatError } from '../../../system/store/bytes.ts'
import { restoreRows } from '../../../system/store/rows.ts'

const PLACE: BlockPlace = { project: 'p', collection: 'c', month: 672, log: 1, partition: 3, start: 100, end: 200 }

function eventsOf(objects: readonly Record<string, unknown>[]): BlockEvent[] {
  return objects.map((properties, row) => ({
    offset: 100 + (row >> 1),
    index: row & 1,
    timestamp: 1_767_225_600_000 + row,
    createdAt: 1_767_225_600_500 + row,
    properties,
  }))
}

function roundTrip(objects: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  const block = makeBlock(PLACE, eventsOf(objects))
  const header = readHeaderPiece(block.id, block.pieces[0]!)
  const pieces = new Map(block.pieces.entries())
  const wanted = ([top, ...rest]: readonly string[]): boolean =>
    !(top === 'keen' && rest.length === 1 && ['timestamp', 'created_at', 'id'].includes(rest[0]!))
  return restoreRows(header, pieces, { isChosen: all(objects), wanted })
}

function all(objects: readonly unknown[]): Uint8Array {
  return new Uint8Array(objects.length).fill(1)
}

/** Any JSON object, as JSON.parse gives it: with half surrogates, −0, huge numbers, names like `__proto__`. */
const jsonObject = fc
  .dictionary(
    fc.oneof(
      fc.constantFrom('a', 'b', 'c', 'keen', '__proto__', 'constructor', '1', '', 'é'),
      fc.string({ unit: 'binary' }),
    ),
    fc.letrec(tie => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constant(null),
        fc.boolean(),
        fc.integer(),
        fc.maxSafeInteger(),
        fc.double({ noNaN: true }),
        fc.constantFrom(0, -0, 1e308, 5e-324, 2 ** 53, 2 ** 63, 0.1, 12.34, -7.5),
        fc.string({ unit: 'binary' }),
        fc.constantFrom('\ud800', '\udc00', '\ufeff', '', 'x'.repeat(300)),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', 'x y'), tie('value'), {
          maxKeys: 4,
          noNullPrototype: true,
        }),
      ),
    })).value,
    { maxKeys: 6, noNullPrototype: true },
  )
  .map(object => object as Record<string, unknown>)

describe('a block', () => {
  test('gives back exactly the events it was made of, with the order of their keys', () => {
    fc.assert(
      fc.property(fc.array(jsonObject, { minLength: 1, maxLength: 12 }), objects => {
        const restored = roundTrip(objects)
        // Not toStrictEqual, which takes a member named constructor for the class of its object.
        deepStrictEqual(restored, objects)
        deepStrictEqual(restored.map(keysOf), objects.map(keysOf))
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  test('gives back numbers of each form: bytes, distances, decimals, doubles', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 10, 100, 1e6, 2 ** 20 + 0.5),
        fc.array(fc.integer({ min: -70_000, max: 70_000 }), { minLength: 1, maxLength: 300 }),
        (scale, wholes) => {
          const objects = wholes.map(whole => ({ n: whole / scale }))
          expect(roundTrip(objects)).toStrictEqual(objects)
        },
      ),
      { seed: 2, numRuns: 200 },
    )
  })

  test('gives back many strings, few of them distinct and all of them distinct', () => {
    const objects = Array.from({ length: 5_000 }, (_, row) => ({ few: `city ${row % 7}`, all: `user ${row * 7919}` }))
    expect(roundTrip(objects)).toStrictEqual(objects)
  })

  test('gives keen.timestamp, keen.created_at and keen.id first, before what else the client put there', () => {
    const [event] = eventsOf([{ page: '/', keen: { location: { coordinates: [1, 2] } } }])
    const block = makeBlock(PLACE, [event!])
    const header = readHeaderPiece(block.id, block.pieces[0]!)
    const rows = restoreRows(header, new Map(block.pieces.entries()), {
      isChosen: Uint8Array.of(1),
      wanted: () => true,
    })
    expect(JSON.stringify(rows)).toBe(
      '[{"keen":{"timestamp":"2026-01-01T00:00:00.000Z","created_at":"2026-01-01T00:00:00.500Z",' +
        // log 1 in two digits, partition 3 in three, offset 100 in eleven, index 0 and month 672 in eight together
        '"id":"0100300000000064000002a0","location":{"coordinates":[1,2]}},"page":"/"}]',
    )
  })

  test('has the same id for the same events and another for any other place or value', () => {
    const events = eventsOf([{ a: 1 }, { a: 2 }])
    const id = makeBlock(PLACE, events).id
    expect(makeBlock({ ...PLACE }, eventsOf([{ a: 1 }, { a: 2 }])).id).toBe(id)
    expect(makeBlock({ ...PLACE, end: 201 }, events).id).not.toBe(id)
    expect(makeBlock({ ...PLACE, month: 673 }, events).id).not.toBe(id)
    expect(makeBlock(PLACE, eventsOf([{ a: 1 }, { a: 3 }])).id).not.toBe(id)
    expect(makeBlock(PLACE, events.slice(0, 1)).id).not.toBe(id)
  })

  test('has few pieces even when an event has thousands of properties', () => {
    const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`p${index}`, index]))
    const block = makeBlock(PLACE, eventsOf([wide]))
    expect(block.pieces.length).toBeLessThan(20)
    expect(roundTrip([wide])).toStrictEqual([wide])
  })

  test('that is damaged anywhere is refused, never read as something else', () => {
    const objects = Array.from({ length: 50 }, (_, row) => ({
      a: row,
      b: `text ${row % 3}`,
      c: [row],
      d: { e: row / 4 },
    }))
    const block = makeBlock(PLACE, eventsOf(objects))
    let unharmed = 0
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean(), (where, change, isCut) => {
        const pieces = new Map(block.pieces.map((piece, index) => [index, piece.slice()]))
        const index = where % pieces.size
        const piece = pieces.get(index)!
        const at = Math.floor(where / pieces.size) % piece.length
        if (isCut) pieces.set(index, piece.slice(0, at))
        else piece[at]! ^= change
        // zstd's frame has bits that mean nothing: then what comes out is what went in.
        try {
          const header = readHeaderPiece(block.id, pieces.get(0)!)
          const rows = restoreRows(header, pieces, { isChosen: all(objects), wanted: ([top]) => top !== 'keen' })
          deepStrictEqual(rows, objects)
          unharmed++
        } catch (error) {
          if (!(error instanceof FormatError)) throw error
        }
      }),
      { seed: 3, numRuns: 2_000 },
    )
    expect(unharmed).toBeLessThan(400)
  })
})

function keysOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(keysOf)
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).map(([key, member]) => [key, keysOf(member)])
}
