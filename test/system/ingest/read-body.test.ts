import { describe, expect, test } from 'vitest'
import { parseConfiguration } from '../../../system/configuration.ts'
import { readBatch, readSingle } from '../../../system/ingest/read-body.ts'
import type { ReadEvent } from '../../../system/ingest/read-body.ts'

const { limits } = parseConfiguration({})

describe('a single event', () => {
  const long = 'x'.repeat(10_000)
  const fates: readonly [string, string][] = [
    ['{}', 'event'],
    ['{"price":1.5,"item":{"id":5,"tags":["a","b"]},"on":true,"none":null}', 'event'],
    ['{"keen":{"timestamp":"2014-02-12T01:44:25.310Z"}}', 'event at 1392169465310'],
    ['{"keen":{}}', 'event'],
    ['{"keen":{"location":{"coordinates":[-122.4,37.7]}}}', 'event'],
    ['{"keen":{"addons":[]}}', 'event'],
    ['{"data":{"keen":{"anything":1}}}', 'event'],
    ['{"a":[{"b":1}]}', 'event'],
    ['{"n":9223372036854775807,"m":-9223372036854775808}', 'event'],
    [`{"a":"${long.slice(1)}"}`, 'event'],
    [`{"${'a'.repeat(255)}":1}`, 'event'],
    ['{"a$b":1,"_c":2}', 'event'],
    ['{"__proto__":{"a":1},"constructor":1}', 'event'],
    [' \n{"a":1}\t', 'event'],
    ['[]', 'InvalidEventError'],
    ['[{"a":1}]', 'InvalidEventError'],
    ['null', 'InvalidEventError'],
    ['"text"', 'InvalidEventError'],
    ['{"a.b":1}', 'InvalidPropertyNameError'],
    ['{"$a":1}', 'InvalidPropertyNameError'],
    ['{"":1}', 'InvalidPropertyNameError'],
    ['{"a":{"b":[{"c.d":1}]}}', 'InvalidPropertyNameError'],
    [`{"${'a'.repeat(256)}":1}`, 'InvalidPropertyNameError'],
    [`{"a":"${long}"}`, 'InvalidPropertyValueError'],
    [`{"a":{"b":["${long}"]}}`, 'InvalidPropertyValueError'],
    ['{"a":1e19}', 'InvalidPropertyValueError'],
    ['{"a":-1e19}', 'InvalidPropertyValueError'],
    ['{"a":1e400}', 'InvalidPropertyValueError'],
    [`{"a":${'['.repeat(100)}${']'.repeat(100)}}`, 'InvalidPropertyValueError'],
    ['{"keen":{"timestamp":"yesterday"}}', 'InvalidPropertyValueError'],
    ['{"keen":{"timestamp":5}}', 'InvalidPropertyValueError'],
    ['{"keen":{"timestamp":null}}', 'InvalidPropertyValueError'],
    ['{"keen":{"location":[1,2]}}', 'InvalidPropertyValueError'],
    ['{"keen":{"location":{"coordinates":["a","b"]}}}', 'InvalidPropertyValueError'],
    ['{"keen":5}', 'InvalidKeenNamespacePropertyError'],
    ['{"keen":[]}', 'InvalidKeenNamespacePropertyError'],
    ['{"keen":{"id":"x"}}', 'InvalidKeenNamespacePropertyError'],
    ['{"keen":{"created_at":"2014-02-12T01:44:25.310Z"}}', 'InvalidKeenNamespacePropertyError'],
    ['{"keen":{"AProperty":"AValue"}}', 'InvalidKeenNamespacePropertyError'],
    ['{"keen":{"addons":[{"name":"keen:ip_to_geo"}]}}', 'InvalidKeenNamespacePropertyError'],
    ['{"keen":{"uniqueness_token":"t"}}', 'InvalidKeenNamespacePropertyError'],
    ['{"a":1', 'not-json'],
    ['', 'not-json'],
    ['{"a":1}{', 'not-json'],
    [`{"a":"${'x'.repeat(900_000)}"}`, 'too-large'],
  ]
  test.each(fates)('%.60s: %s', (body, fate) => {
    const read = readSingle(Buffer.from(body), limits)
    expect(read.kind === 'event' || read.kind === 'refused' ? fateOf(read) : read.kind).toBe(fate)
  })

  test('keeps the bytes that the client sent, without the space around them', () => {
    const read = readSingle(Buffer.from(' {"n": 9007199254740993, "s": "\\u00e9"}\n'), limits)
    expect(read.kind === 'event' && Buffer.from(read.body).toString()).toBe('{"n": 9007199254740993, "s": "\\u00e9"}')
  })

  test('that is no UTF-8 is no JSON', () => {
    expect(readSingle(Buffer.from([0x22, 0xff, 0x22]), limits)).toEqual({
      kind: 'not-json',
      what: 'The body is not UTF-8.',
    })
  })
})

describe('a batch', () => {
  const batches: readonly [string, Readonly<Record<string, readonly string[]>>][] = [
    ['{}', {}],
    ['{"a":[]}', { a: [] }],
    ['{"a":[{"x":1},{"x.y":1}],"b":[{}]}', { a: ['event', 'InvalidPropertyNameError'], b: ['event'] }],
    ['{"a":[1,null,[{}]]}', { a: ['InvalidEventError', 'InvalidEventError', 'InvalidEventError'] }],
    ['{"$a":[{},{}]}', { $a: ['InvalidCollectionNameError', 'InvalidCollectionNameError'] }],
    [
      '{"_a":[{}],".a":[{}],"a.":[{}],"":[{}],"é":[{}]}',
      Object.fromEntries(['_a', '.a', 'a.', '', 'é'].map(name => [name, ['InvalidCollectionNameError']])),
    ],
    [`{"${'a'.repeat(64)}":[{}]}`, { ['a'.repeat(64)]: ['event'] }],
    [`{"${'a'.repeat(65)}":[{}]}`, { ['a'.repeat(65)]: ['InvalidCollectionNameError'] }],
    ['{"[object Object]":[{}]}', { '[object Object]': ['event'] }],
    ['{"a":[{"x":1}],"a":[{"x.y":1}]}', { a: ['InvalidPropertyNameError'] }],
    [`{"a":[{"x":"${'y'.repeat(900_000)}"},{}]}`, { a: ['InvalidEventError', 'event'] }],
  ]
  test.each(batches)('%.50s gives each event its fate', (body, expected) => {
    const read = readBatch(Buffer.from(body), limits)
    if (read.kind !== 'batch') throw new Error(read.what)
    expect(Object.fromEntries([...read.collections].map(([name, events]) => [name, events.map(fateOf)]))).toEqual(
      expected,
    )
  })

  const faults: readonly [string, string][] = [
    ['[]', 'not-a-batch'],
    ['5', 'not-a-batch'],
    ['{"a":{}}', 'not-a-batch'],
    ['{"a":[{}],"b":5}', 'not-a-batch'],
    ['{"a":5,', 'not-json'],
    ['', 'not-json'],
    ['{"a":[{]}', 'not-json'],
    ['{"a":[{}}', 'not-json'],
    [`{"a":[${'{},'.repeat(50_000)}{}]}`, 'too-large'],
    [`{${'"a":[],'.repeat(50_000)}"b":[]}`, 'too-large'],
    [`{"a":["${'x'.repeat(10_000_000)}"]}`, 'too-large'],
  ]
  test.each(faults)('%.50s is %s as a whole', (body, kind) => {
    expect(readBatch(Buffer.from(body), limits).kind).toBe(kind)
  })

  test('of millions of empty events is refused without building them', () => {
    const body = Buffer.from(`{"a":[${'{},'.repeat(3_300_000)}{}]}`)
    const before = process.memoryUsage().heapUsed
    expect(readBatch(body, limits)).toMatchObject({
      kind: 'too-large',
      what: expect.stringContaining('3300001 events') as string,
    })
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200 * 1024 * 1024)
  })
})

function fateOf(event: ReadEvent): string {
  if (event.kind === 'refused') return event.refusal.name
  return event.timestamp === undefined ? 'event' : `event at ${event.timestamp}`
}
