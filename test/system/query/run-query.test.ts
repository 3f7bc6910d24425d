import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parseConfiguration } from '../../../system/configuration.ts'
import type { FoundBlock } from '../../../system/query/find-blocks.ts'
import { PartialResults } from '../../../system/query/partial-results.ts'
import type { QueryError } from '../../../system/query/query-error.ts'
import type { QueryLimits } from '../../../system/query/query-limits.ts'
import type { QueryAnswer } from '../../../system/query/run-query.ts'
import { runQuery } from '../../../system/query/run-query.ts'
import type { LogRecord } from '../../../system/queue/log-worker.ts'
import { packRange } from '../../../system/stream/pack-range.ts'
import type { MemoryStore } from '../store/memory-store.ts'
import { memoryStore } from '../store/memory-store.ts'
import type { TestRuntime } from '../store/test-runtime.ts'
import { testRuntime } from '../store/test-runtime.ts'
import { record } from '../stream/log.ts'

interface Bench {
  readonly runtime: TestRuntime
  readonly store: MemoryStore
  ask(analysis: string, parameters: Record<string, unknown>, limits?: Partial<QueryLimits>): Promise<QueryAnswer>
  extract(parameters?: Record<string, unknown>): Promise<readonly Record<string, unknown>[]>
  count(parameters?: Record<string, unknown>): Promise<unknown>
  failure(analysis: string, parameters: Record<string, unknown>, limits?: Partial<QueryLimits>): Promise<QueryError>
}

function bench(cacheBytesMax = 0): Bench {
  const runtime = testRuntime()
  const store = memoryStore()
  const results = new PartialResults(cacheBytesMax)
  const ask: Bench['ask'] = (analysis, parameters, limits = {}) =>
    runQuery(
      { project: 'p', analysis, parameters },
      { runtime, store, limits: { ...parseConfiguration({}).limits, ...limits }, results },
    )
  return {
    runtime,
    store,
    ask,
    extract: async (parameters = {}) =>
      (await ask('extraction', { event_collection: 'c', ...parameters })).result as readonly Record<string, unknown>[],
    count: async (parameters = {}) => (await ask('count', { event_collection: 'c', ...parameters })).result,
    failure: (analysis, parameters, limits) =>
      ask(analysis, parameters, limits).then(
        () => {
          throw new Error('the query has an answer')
        },
        (error: unknown) => error as QueryError,
      ),
  }
}

/** As a worker would write a range; `level` and `id` as compaction might. */
async function apply(
  store: MemoryStore,
  records: readonly LogRecord[],
  row: { readonly level?: number; readonly partition?: number } = {},
): Promise<void> {
  const range = packRange({ log: 1, partition: row.partition ?? 0 }, records, [])
  for (const group of range.groups) {
    for (const block of group.blocks) await store.writeBlock(block, 0)
    await store.writeCatalog(group.key, 0)
    await store.writeSegment(group.key, { ...group.row, level: row.level ?? 0 })
  }
}

function records(start: number, end: number, body: (offset: number) => unknown = offset => ({ offset })): LogRecord[] {
  return Array.from({ length: end - start }, (_, index) =>
    record({ offset: start + index, events: [{ body: body(start + index) }] }),
  )
}

/** Text that does not compress to nothing. */
function noise(seed: number): string {
  return createHash('shake256', { outputLength: 1_000 }).update(String(seed)).digest('hex')
}

function offsetsOf(events: readonly Record<string, unknown>[]): unknown[] {
  return events.map(event => event['offset'])
}

describe('an extraction', () => {
  test('gives each event once, whole, by time and then by id', async () => {
    const { store, extract } = bench()
    const at = (timestamp: string, name: string): { timestamp: number; body: unknown } => ({
      timestamp: new Date(timestamp).getTime(),
      body: { name },
    })
    const events = [at('2026-01-02', 'd'), at('2026-01-01', 'b'), at('2026-01-01', 'c'), at('2025-12-31', 'a')]
    await apply(store, [record({ offset: 5, events })])
    await apply(store, [record({ offset: 2, events: [at('2026-01-03', 'e')] })], { partition: 7 })
    expect(await extract()).toStrictEqual(
      [
        ['a', '2025-12-31', '010000000000005000c029f'],
        ['b', '2026-01-01', '0100000000000005000042a0'],
        ['c', '2026-01-01', '0100000000000005000082a0'],
        ['d', '2026-01-02', '0100000000000005000002a0'],
        ['e', '2026-01-03', '0100700000000002000002a0'],
      ].map(([name, date, id]) => ({
        keen: {
          timestamp: `${date}T00:00:00.000Z`,
          created_at: name === 'e' ? '2026-01-15T00:00:00.015Z' : '2026-01-15T00:00:00.045Z',
          id: name === 'a' ? '0100000000000005' + '0000c29f' : id,
        },
        name,
      })),
    )
  })

  test('with property_names gives these alone, with what is below them, and keen only if asked', async () => {
    const { store, extract } = bench()
    await apply(
      store,
      records(0, 1, () => ({ a: { b: 1, c: { d: [2] } }, e: 3, 'f g': null })),
    )
    expect(await extract({ property_names: 'e' })).toStrictEqual([{ e: 3 }])
    expect(await extract({ property_names: ['a', 'x'] })).toStrictEqual([{ a: { b: 1, c: { d: [2] } } }])
    expect(await extract({ property_names: '["a.c.d", "f g"]' })).toStrictEqual([{ a: { c: { d: [2] } }, 'f g': null }])
    expect(await extract({ property_names: ['keen.timestamp'] })).toStrictEqual([
      { keen: { timestamp: '2026-01-14T23:59:59.995Z' } },
    ])
    expect(await extract({ property_names: ['keen.id', 'a.b'] })).toStrictEqual([
      { keen: { id: '0100000000000000000002a0' }, a: { b: 1 } },
    ])
    expect(await extract({ property_names: ['x'] })).toStrictEqual([{}])
  })

  test('with latest gives the newest so many, newest first, over all blocks', async () => {
    const { store, extract } = bench()
    for (let start = 0; start < 40; start += 4) await apply(store, records(start, start + 4))
    expect(offsetsOf(await extract({ latest: 5 }))).toStrictEqual([39, 38, 37, 36, 35])
    expect(offsetsOf(await extract({ latest: '2' }))).toStrictEqual([39, 38])
    expect(await extract({ latest: 100 })).toHaveLength(40)
  })

  test('of a block larger than one read fetches only the columns it needs', async () => {
    const { store, extract, count } = bench()
    await apply(
      store,
      records(0, 200, offset => ({ offset, text: noise(offset) })),
    )
    const reads: string[] = []
    store.onRead = what => void reads.push(what)
    const whole = store.readPieces
    const asked: unknown[] = []
    store.readPieces = (id, pieces, level) => {
      asked.push(pieces)
      return whole(id, pieces, level)
    }
    expect(await count({ filters: [{ property_name: 'offset', operator: 'lt', property_value: 7 }] })).toBe(7)
    expect(asked).toStrictEqual([[0], [1]])
    expect(await extract({ property_names: ['text'], latest: 1 })).toHaveLength(1)
  })
})

describe('a count', () => {
  test('agrees with the extraction under any filter and timeframe', async () => {
    const { store, count, extract } = bench()
    for (let start = 0; start < 300; start += 7) await apply(store, records(start, Math.min(start + 7, 300)))
    const timeframe = { start: '2026-01-15T00:00:00.500Z', end: '2026-01-15T00:00:01.995Z' }
    const filters = [{ property_name: 'offset', operator: 'gte', property_value: 100 }]
    for (const parameters of [{}, { timeframe }, { filters }, { timeframe, filters }]) {
      expect(await count(parameters)).toBe((await extract(parameters)).length)
    }
    expect(await count({ timeframe, filters })).toBe(100)
    expect(await count({ timeframe: JSON.stringify(timeframe), filters: JSON.stringify(filters) })).toBe(100)
  })

  test('of a collection without events is 0, and its extraction empty', async () => {
    const { count, extract } = bench()
    expect(await count()).toBe(0)
    expect(await extract()).toStrictEqual([])
  })

  test('with include_metadata says what it cost', async () => {
    const { store, ask } = bench()
    await apply(store, records(0, 10))
    const filters = [{ property_name: 'offset', operator: 'gte', property_value: 3 }]
    expect(await ask('count', { event_collection: 'c', filters, include_metadata: true })).toStrictEqual({
      result: 7,
      execution_metadata: {
        events_scanned: 10,
        properties_per_event: 2,
        total_properties_scanned: 20,
        total_processing_time: 0,
      },
    })
  })
})

describe('rows that overlap', () => {
  test('give each event once, whoever cut the log how', async () => {
    const { store, extract, count } = bench()
    await apply(store, records(0, 10))
    await apply(store, records(4, 7))
    await apply(store, records(6, 14))
    await apply(store, records(12, 20))
    expect(offsetsOf(await extract())).toStrictEqual([...Array(20).keys()])
    expect(await count()).toBe(20)
  })

  test('give way to those of a higher level', async () => {
    const { store, extract, count } = bench()
    await apply(store, records(0, 10))
    await apply(
      store,
      records(3, 6, () => ({ offset: 'compacted' })),
      { level: 1 },
    )
    const whole = [0, 1, 2, 'compacted', 'compacted', 'compacted', 6, 7, 8, 9]
    expect(offsetsOf(await extract())).toStrictEqual(whole)
    expect(await count()).toBe(10)
  })
})

describe('a block', () => {
  test('that one replica does not have is asked of more of them', async () => {
    const { runtime, store, extract } = bench()
    await apply(store, records(0, 3))
    const whole = store.readPieces
    const levels: string[] = []
    store.readPieces = (id, pieces, level) => {
      levels.push(level)
      return level === 'quorum' ? whole(id, pieces, level) : Promise.resolve(new Map())
    }
    expect(offsetsOf(await extract())).toStrictEqual([0, 1, 2])
    expect(levels).toStrictEqual(['local-one', 'local-quorum', 'quorum'])
    expect(runtime.lines.filter(line => line.message === 'block not whole')).toHaveLength(2)
  })

  test('that is damaged at one replica is asked of more of them', async () => {
    const { store, extract } = bench()
    await apply(store, records(0, 3))
    const whole = store.readPieces
    store.readPieces = async (id, pieces, level) => {
      const found = new Map(await whole(id, pieces, level))
      if (level === 'local-one')
        found.set(
          1,
          found.get(1)!.map((byte, index) => (index === 3 ? byte ^ 1 : byte)),
        )
      return found
    }
    expect(offsetsOf(await extract())).toStrictEqual([0, 1, 2])
  })

  test('that nobody has whole is an error that names it, never less data', async () => {
    const { store, failure, count } = bench()
    await apply(store, records(0, 3))
    await apply(store, records(3, 6))
    const [id] = store.blocks.keys()
    store.blocks.get(id!)!.delete(1)
    const error = await failure('extraction', { event_collection: 'c' })
    expect(error).toMatchObject({ code: 'BlockUnreadableError', status: 500 })
    expect(error.message).toContain(id)
    const filters = [{ property_name: 'offset', operator: 'gte', property_value: 3 }]
    expect((await failure('count', { event_collection: 'c', filters })).code).toBe('BlockUnreadableError')
    // What the index says without the block needs no block.
    expect(await count()).toBe(6)
  })
})

describe('a query that is asked again', () => {
  const filters = [{ property_name: 'offset', operator: 'gte', property_value: 3 }]

  test('reads only the blocks that are new, and says the same', async () => {
    const { runtime, store, extract, count } = bench(1024 * 1024)
    await apply(store, records(0, 4))
    await apply(store, records(4, 8))
    expect(offsetsOf(await extract({ filters }))).toStrictEqual([3, 4, 5, 6, 7])
    await apply(store, records(8, 10))
    const reads: string[] = []
    store.onRead = what => void reads.push(what)
    expect(offsetsOf(await extract({ filters }))).toStrictEqual([3, 4, 5, 6, 7, 8, 9])
    expect(reads.filter(what => what.startsWith('pieces'))).toHaveLength(1)
    expect(runtime.lines.at(-1)).toMatchObject({
      message: 'query answered',
      fields: { rows: 3, blocks: 3, blocksRead: 1, blocksRemembered: 2, scanned: 10, matched: 7 },
    })
    expect(await count({ filters })).toBe(7)
  })

  test('takes of a remembered block only what a longer row leaves to it', async () => {
    const { store, extract } = bench(1024 * 1024)
    await apply(store, records(4, 8))
    expect(offsetsOf(await extract({ filters }))).toStrictEqual([4, 5, 6, 7])
    await apply(store, records(0, 6))
    expect(offsetsOf(await extract({ filters }))).toStrictEqual([3, 4, 5, 6, 7])
    await apply(store, records(2, 10))
    expect(offsetsOf(await extract({ filters }))).toStrictEqual([3, 4, 5, 6, 7, 8, 9])
  })

  test('in other words is another query', async () => {
    const { store, extract, count } = bench(1024 * 1024)
    await apply(store, records(0, 8))
    const timeframe = { start: '2026-01-15T00:00:00.000Z', end: '2026-01-15T00:00:00.030Z' }
    expect(await count({ filters })).toBe(5)
    expect(await count({ filters, timeframe })).toBe(1)
    expect(await extract({ filters, property_names: ['offset'], latest: 2 })).toStrictEqual([
      { offset: 7 },
      { offset: 6 },
    ])
    expect(offsetsOf(await extract({ filters }))).toHaveLength(5)
    expect(await count({ filters: [{ ...filters[0], operator: 'lt' }] })).toBe(3)
  })

  test('is remembered within a bound: what was used longest ago is read again', async () => {
    const results = new PartialResults(8 * 400 * 8)
    const result = { scanned: 1, matched: 1, rows: [] }
    const block = (id: number): FoundBlock => ({
      reference: { id: String(id), events: 1, timeMin: 0, timeMax: 0, rawBytes: 1 },
      clips: undefined,
    })
    for (let id = 0; id < 100; id++) {
      results.keep('plan', block(id), result)
      expect(results.find('plan', block(0))).toBe(result)
      expect(results.bytes).toBeLessThanOrEqual(8 * 400 * 8)
    }
    const kept = [...Array(100).keys()].filter(id => results.find('plan', block(id)) !== undefined)
    expect(kept).toStrictEqual([0, ...[...Array(63).keys()].map(index => 37 + index)])
    const event = { text: 'x'.repeat(5_000) }
    const large = { ...result, rows: [{ timestamp: 0, id: '', event, jsonLength: 5_000 }] }
    results.keep('plan', block(100), large)
    expect(results.find('plan', block(100))).toBeUndefined()
  })
})

describe('a store that does not answer', () => {
  test('is asked again', async () => {
    const { runtime, store, count } = bench()
    await apply(store, records(0, 3))
    let failures = 4
    store.onRead = () => {
      if (failures-- > 0) throw new Error('timed out')
    }
    const counting = count({ filters: [{ property_name: 'offset', operator: 'lt', property_value: 2 }] })
    await runtime.pass(10_000)
    expect(await counting).toBe(2)
  })

  test('at all is ServiceUnavailableError, not an empty answer', async () => {
    for (const broken of ['catalog', 'segments', 'pieces']) {
      const { runtime, store, failure } = bench()
      await apply(store, records(0, 3))
      store.onRead = what => {
        if (what.startsWith(broken)) throw new Error('timed out')
      }
      const failing = failure('extraction', { event_collection: 'c' })
      await runtime.pass(60_000)
      expect(await failing).toMatchObject({ code: 'ServiceUnavailableError', status: 503 })
    }
  })

  test('in time is QueryTimeoutError, also when only the last read came too late', async () => {
    for (const slow of ['catalog', 'segments', 'pieces']) {
      const { runtime, store, failure } = bench()
      await apply(store, records(0, 3))
      store.onRead = what => (what.startsWith(slow) ? runtime.clock.sleep(1_001) : undefined)
      const failing = failure('extraction', { event_collection: 'c' }, { queryDeadlineMs: 1_000 })
      await runtime.pass(5_000)
      expect(await failing).toMatchObject({ code: 'QueryTimeoutError', status: 504 })
    }
  })
})

describe('a limit', () => {
  test('that an extraction meets is named', async () => {
    const { store, failure } = bench()
    for (let start = 0; start < 40; start += 4) await apply(store, records(start, start + 4))
    const many = await failure('extraction', { event_collection: 'c' }, { extractionEventsMax: 39 })
    expect(many).toMatchObject({ code: 'ResultTooLargeError', status: 400 })
    expect(many.message).toContain('extractionEventsMax, 39')
    const large = await failure('extraction', { event_collection: 'c' }, { responseBytesMax: 1_000 })
    expect(large.message).toContain('responseBytesMax, 1000')
  })

  test('on the reads of a query is kept', async () => {
    const { runtime, store, ask } = bench()
    for (let start = 0; start < 40; start += 1) await apply(store, records(start, start + 1))
    let [now, most] = [0, 0]
    store.onRead = async () => {
      most = Math.max(most, ++now)
      await runtime.clock.sleep(5)
      now--
    }
    const asking = ask('extraction', { event_collection: 'c' }, { queryReadsMax: 3 })
    await runtime.pass(1_000)
    expect((await asking).result).toHaveLength(40)
    expect(most).toBe(3)
  })
})

describe('a request', () => {
  test.each([
    ['count', {}, 'MissingRequiredRequestFieldError', 'event_collection', 400],
    ['count', { event_collection: '' }, 'MissingRequiredRequestFieldError', 'event_collection', 400],
    ['count', { event_collection: ['a'] }, 'InvalidParameterError', 'event_collection', 400],
    ['sum', { event_collection: 'c' }, 'ResourceNotFoundError', 'sum', 404],
    ['count', { event_collection: 'c', group_by: 'a' }, 'UnsupportedParameterError', 'group_by', 400],
    ['count', { event_collection: 'c', interval: 'daily' }, 'UnsupportedParameterError', 'interval', 400],
    ['extraction', { event_collection: 'c', email: 'a@b.c' }, 'UnsupportedParameterError', 'email', 400],
    ['extraction', { event_collection: 'c', latest: 0 }, 'InvalidParameterError', 'latest', 400],
    ['extraction', { event_collection: 'c', latest: 100_001 }, 'InvalidParameterError', 'extractionEventsMax', 400],
    ['extraction', { event_collection: 'c', latest: 'ten' }, 'InvalidParameterError', 'latest', 400],
    ['extraction', { event_collection: 'c', property_names: [5] }, 'InvalidParameterError', 'property_names', 400],
    ['extraction', { event_collection: 'c', property_names: {} }, 'InvalidParameterError', 'property_names', 400],
    ['count', { event_collection: 'c', filters: '[{]' }, 'FilterDefinitionError', 'filters', 400],
    ['count', { event_collection: 'c', timeframe: '{"start"' }, 'TimeframeDefinitionError', 'timeframe', 400],
    ['count', { event_collection: 'c', timezone: 'Nowhere' }, 'TimeframeDefinitionError', 'Nowhere', 400],
  ])('%s %j is %s', async (analysis, parameters, code, named, status) => {
    const { failure } = bench()
    const error = await failure(analysis, parameters)
    expect(error).toMatchObject({ code, status })
    expect(error.message).toContain(named)
  })

  test('may carry what Keen’s clients send and a query does not need', async () => {
    const { store, ask } = bench()
    await apply(store, records(0, 3))
    const extra = {
      analysis_type: 'count',
      metadata: {},
      cache: true,
      zero_fill: false,
      max_age: 10,
      timezone: '0',
      group_by: [],
    }
    expect(await ask('count', { event_collection: 'c', ...extra })).toStrictEqual({ result: 3 })
  })
})
