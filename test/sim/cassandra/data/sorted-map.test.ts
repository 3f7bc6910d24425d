import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SortedMap, lowerBound } from '../../../../sim/cassandra/data/sorted-map.ts'

test('keys, values and sizes are those of a plain map, in order, at every moment', () => {
  const key = fc.string({ maxLength: 2 })
  const act = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('set' as const), key, value: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('walk' as const) }) },
  )
  fc.assert(
    fc.property(fc.array(act, { maxLength: 100, size: 'max' }), acts => {
      const map = new SortedMap<number>()
      const model = new Map<string, number>()
      for (const each of acts) {
        if (each.kind === 'set') {
          map.set(each.key, each.value)
          model.set(each.key, each.value)
        } else if (each.kind === 'delete') {
          map.delete(each.key)
          model.delete(each.key)
        } else {
          const keys = [...model.keys()].sort()
          expect(map.keys()).toEqual(keys)
          expect(map.values()).toEqual(keys.map(known => model.get(known)))
        }
        expect(map.size).toBe(model.size)
      }
      for (const known of model.keys()) expect(map.get(known)).toBe(model.get(known))
      expect(map.keys()).toEqual([...model.keys()].sort())
    }),
  )
})

test('the lower bound is where a key would be put in', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ maxLength: 2 })), fc.string({ maxLength: 2 }), (unsorted, key) => {
      const keys = [...unsorted].sort()
      expect(lowerBound(keys, key)).toBe(keys.filter(other => other < key).length)
    }),
  )
})
