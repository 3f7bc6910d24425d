// Events that are valid and strange, from a request's body to an extraction: none may break anything, none may vanish.

import { describe, expect, test } from 'vitest'
import { parseConfiguration } from '../../../system/configuration.ts'
import { readSingle } from '../../../system/ingest/read-body.ts'
import { PartialResults } from '../../../system/query/partial-results.ts'
import { runQuery } from '../../../system/query/run-query.ts'
import { packRange } from '../../../system/stream/pack-range.ts'
import type { MemoryStore } from '../store/memory-store.ts'
import { memoryStore } from '../store/memory-store.ts'
import { testRuntime } from '../store/test-runtime.ts'
import { record } from '../stream/log.ts'

const { limits } = parseConfiguration({})

describe('a strange event', () => {
  const deep = `${'{"a":'.repeat(98)}{"b":1}${'}'.repeat(98)}`
  const same: readonly string[] = [
    '{}',
    '{"__proto__":{"a":1}}',
    '{"__proto__":1}',
    '{"a":{"__proto__":{"__proto__":"p"}}}',
    '{"constructor":{"prototype":{"polluted":true}},"toString":1,"hasOwnProperty":"h","valueOf":null}',
    '{"a":{"constructor":[]}}',
    '{"s":"\\ud800"}',
    '{"\\udfff":"key"}',
    '{"s":"\\u0000\\u001f\\"\\\\"}',
    '{"\\u0000":"key"}',
    '{"naïve":"über 🚀"}',
    '{"a":{},"b":[],"c":[[],{}],"d":[{"e":[{}]}]}',
    '{"a":null,"b":[null]}',
    '{"a":[1,"1",true,null,{"b":1}]}',
    '{"n":[-9223372036854776000,9223372036854776000,5e-324,2.2250738585072014e-308]}',
    '{"result":1,"length":2,"Keen":0}',
    '{"data":{"keen":{"timestamp":"not a time"}}}',
    deep,
  ]
  const changed: readonly [string, string, string][] = [
    ['the last of two members of one name counts', '{"a":1,"b":2,"a":{"c":3}}', '{"a":{"c":3},"b":2}'],
    ['numbers are doubles', '{"n":9007199254740993,"m":1e-400}', '{"n":9007199254740992,"m":0}'],
    ['minus nothing is written as nothing', '{"n":-0,"m":[-0]}', '{"n":0,"m":[0]}'],
    ['names that are integers come first', '{"b":1,"2":2,"1":3}', '{"1":3,"2":2,"b":1}'],
    ['an object keen with nothing of the client in it is not kept', '{"keen":{"addons":[]},"a":1}', '{"a":1}'],
  ]
  test.each([...same.map(body => ['comes back as it went in', body, body] as const), ...changed])(
    '%s: %.60s',
    async (_, body, expected) => {
      const store = storeOf([body])
      const answer = await ask(store, 'extraction', {})
      const [event] = answer as readonly Record<string, unknown>[]
      const { keen, ...others } = event ?? {}
      expect(JSON.stringify(others)).toBe(expected)
      expect(keen).toMatchObject({ id: expect.stringMatching(/^[0-9a-f]{24}$/) as string })
    },
  )

  const filters: readonly [string, string, unknown, string][] = [
    ['__proto__.a', 'eq', 1, '{"__proto__":{"a":1}}'],
    ['__proto__', 'exists', true, '{"__proto__":1}'],
    ['constructor', 'eq', 'c', '{"constructor":"c"}'],
    ['toString', 'exists', true, '{"toString":null}'],
    ['\ud800', 'eq', '\udfff', '{"\\ud800":"\\udfff"}'],
    ['s', 'contains', '\ud83d', '{"s":"\\ud83d\\ude80"}'],
  ]
  test.each(filters)('is found by %s %s %j', async (property_name, operator, property_value, body) => {
    const store = storeOf(['{"other":1}', body, '{}'])
    expect(await ask(store, 'count', { filters: [{ property_name, operator, property_value }] })).toBe(1)
  })

  test('has no properties that objects of JavaScript have by themselves', async () => {
    const store = storeOf(['{}'])
    for (const property_name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      const filters = [{ property_name, operator: 'exists', property_value: true }]
      expect(await ask(store, 'count', { filters })).toBe(0)
    }
  })
})

/** What a worker makes of them: each in a record of its own. */
function storeOf(bodies: readonly string[]): MemoryStore {
  const store = memoryStore()
  const records = bodies.map((body, offset) => {
    const read = readSingle(Buffer.from(body), limits)
    if (read.kind !== 'event') throw new Error(`not taken: ${body}`)
    return record({ offset, events: [{ body: read.body }] })
  })
  const range = packRange({ log: 1, partition: 0 }, records, [])
  expect(range.poison).toStrictEqual([])
  for (const { key, row, blocks } of range.groups) {
    for (const block of blocks) void store.writeBlock(block, row.atMicros)
    void store.writeCatalog(key, row.atMicros)
    void store.writeSegment(key, row)
  }
  return store
}

async function ask(store: MemoryStore, analysis: string, parameters: Record<string, unknown>): Promise<unknown> {
  const request = { project: 'p', analysis, parameters: { event_collection: 'c', ...parameters } }
  return (await runQuery(request, { runtime: testRuntime(), store, limits, results: new PartialResults(0) })).result
}
