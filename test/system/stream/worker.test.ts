import { describe, expect, test } from 'vitest'
import { parseConfiguration } from '../../../system/configuration.ts'
import type { LogRecord } from '../../../system/queue/log-worker.ts'
import { PartialResults } from '../../../system/query/partial-results.ts'
import { runQuery } from '../../../system/query/run-query.ts'
import type { LogBounds } from '../../../system/stream/log-bounds.ts'
import type { StreamWorker } from '../../../system/stream/worker.ts'
import { streamWorker } from '../../../system/stream/worker.ts'
import type { MemoryStore } from '../store/memory-store.ts'
import { memoryStore } from '../store/memory-store.ts'
import type { TestRuntime } from '../store/test-runtime.ts'
import { testRuntime } from '../store/test-runtime.ts'
import { OTHER_WRITER, record, WRITER } from './log.ts'

interface Bench {
  readonly runtime: TestRuntime
  readonly store: MemoryStore
  readonly worker: StreamWorker
  readonly committed: number[]
}

const CONTEXT = { highWatermark: 0, isStale: () => false }

function bench(
  given: { store?: MemoryStore; rangeBytes?: number; log?: number; bounds?: LogBounds; runtime?: TestRuntime } = {},
): Bench {
  const runtime = given.runtime ?? testRuntime()
  const store = given.store ?? memoryStore()
  const committed: number[] = []
  const worker = streamWorker(
    {
      runtime,
      store,
      bounds: given.bounds ?? { read: async () => ({ earliest: 0, end: 1_000 }) },
      committed: (_partition, offset) => committed.push(offset),
    },
    { log: given.log ?? 1, rangeMs: 1_000, rangeBytes: given.rangeBytes ?? 8 * 1024 * 1024 },
  )
  return { runtime, store, worker, committed }
}

function records(start: number, end: number): LogRecord[] {
  return Array.from({ length: end - start }, (_, index) => record({ offset: start + index }))
}

/** What a query sees: the member `offset` of each event. */
async function visible(store: MemoryStore): Promise<unknown[]> {
  const answer = await runQuery(
    { project: 'p', analysis: 'extraction', parameters: { event_collection: 'c', property_names: ['offset'] } },
    { runtime: testRuntime(), store, limits: parseConfiguration({}).limits, results: new PartialResults(0) },
  )
  return (answer.result as readonly { offset: unknown }[]).map(event => event.offset)
}

function messages(runtime: TestRuntime): string[] {
  return runtime.lines.map(line => line.message)
}

describe('a stream worker', () => {
  test('makes a range visible a second after its first record: blocks, catalog, index, then progress', async () => {
    const { runtime, store, worker, committed } = bench()
    expect(await worker.start(0)).toBe(0)
    await worker.take(0, records(0, 3), CONTEXT)
    await runtime.pass(999)
    expect(store.writes).toStrictEqual([])
    await runtime.pass(1)
    expect(store.writes).toStrictEqual(['block', 'catalog', 'segment', 'progress'])
    expect(await visible(store)).toStrictEqual([0, 1, 2])
    expect(committed).toStrictEqual([3])
    expect(runtime.lines).toContainEqual({
      level: 'info',
      message: 'range committed',
      fields: { partition: 0, start: 0, end: 3, events: 3, blocks: 1 },
    })
  })

  test('begins a step only when all writes of the step before were acknowledged', async () => {
    const { runtime, store, worker } = bench()
    await worker.start(0)
    const events = ['c', 'd', 'e'].map(collection => ({ collection, body: {} }))
    await worker.take(0, [record({ offset: 0, events })], CONTEXT)
    const unfinished: string[] = []
    store.onWrite = async kind => {
      expect(unfinished.every(other => other === kind)).toBe(true)
      unfinished.push(kind)
      await runtime.clock.sleep(10)
      return () => unfinished.splice(unfinished.indexOf(kind), 1)
    }
    await runtime.pass(2_000)
    expect(store.writes).toHaveLength(10)
    expect(store.writes.at(-1)).toBe('progress')
  })

  test('ends a range at its bytes, without waiting for the second', async () => {
    const { runtime, store, worker } = bench({ rangeBytes: record({ offset: 0 }).value.length * 2 })
    await worker.start(0)
    await worker.take(0, records(0, 5), CONTEXT)
    await runtime.pass(0)
    expect([...store.progress.values()].map(progress => progress.end)).toStrictEqual([4])
    await runtime.pass(1_000)
    expect([...store.progress.values()].map(progress => progress.end)).toStrictEqual([5])
    expect(await visible(store)).toStrictEqual([0, 1, 2, 3, 4])
  })

  test('repeats each write until it succeeds, whether or not the failed ones took effect', async () => {
    const { runtime, store, worker } = bench()
    let writes = 0
    store.onWrite = () => {
      writes++
      if (writes % 3 === 1) throw new Error('timed out before')
      if (writes % 3 === 2) {
        return () => {
          throw new Error('timed out after')
        }
      }
      return undefined
    }
    await worker.start(0)
    await worker.take(0, records(0, 2), CONTEXT)
    await runtime.pass(60_000)
    expect(await visible(store)).toStrictEqual([0, 1])
    expect(messages(runtime).filter(message => message === 'write failed')).toHaveLength(8)
  })

  test('goes on where the last one stopped, at any write, without loss and without doubles', async () => {
    for (let stopAfter = 0; stopAfter < 14; stopAfter++) {
      const store = memoryStore()
      const first = bench({ store })
      let writes = 0
      store.onWrite = () => (++writes > stopAfter ? new Promise<void>(() => undefined) : undefined)
      await first.worker.start(0)
      await first.worker.take(0, records(0, 4), CONTEXT)
      await first.runtime.pass(1_000)
      await first.worker.take(0, records(4, 6), CONTEXT)
      await first.runtime.pass(1_000)

      store.onWrite = () => undefined
      const second = bench({ store })
      const start = await second.worker.start(0)
      // Ranges are cut elsewhere.
      for (let offset = start; offset < 9; offset += 3) {
        await second.worker.take(0, records(offset, Math.min(offset + 3, 9)), CONTEXT)
        await second.runtime.pass(1_000)
      }
      expect(await visible(store)).toStrictEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    }
  })

  test('drops a repeated record, also when the first copy was applied by another worker', async () => {
    const store = memoryStore()
    const first = bench({ store })
    await first.worker.start(0)
    await first.worker.take(
      0,
      [record({ offset: 0, n: 0 }), record({ offset: 1, n: 0 }), record({ offset: 2, n: 1 })],
      CONTEXT,
    )
    await first.runtime.pass(1_000)
    expect(first.runtime.lines).toContainEqual({
      level: 'info',
      message: 'duplicate dropped',
      fields: { partition: 0, offset: 1, writer: WRITER, n: 0 },
    })

    const second = bench({ store })
    expect(await second.worker.start(0)).toBe(2)
    await second.worker.take(
      0,
      [record({ offset: 2, n: 1 }), record({ offset: 3, n: 1 }), record({ offset: 4, n: 2 })],
      CONTEXT,
    )
    await second.runtime.pass(1_000)
    expect(await visible(store)).toStrictEqual([0, 2, 4])
  })

  test('leaves out what cannot be read, by record and by event, and goes on', async () => {
    const { runtime, store, worker } = bench()
    await worker.start(0)
    const events = [
      { body: { offset: 'first' } },
      { body: Buffer.from('{"offset": "cut o') },
      { body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) },
      { body: [1, 2] },
      { body: { keen: 7 } },
      { body: Buffer.from(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`) },
      { body: { offset: 'last' } },
    ]
    const broken = { offset: 0, appendTimeMs: 0, value: Buffer.from('no record') }
    await worker.take(0, [broken, record({ offset: 1, events })], CONTEXT)
    await runtime.pass(1_000)
    expect((await visible(store)).toSorted()).toStrictEqual(['first', 'last'])
    const quarantined = runtime.lines.filter(line => line.message.endsWith('quarantined'))
    expect(quarantined.map(({ fields }) => [fields['offset'], fields['index']])).toStrictEqual([
      [0, undefined],
      [1, 1],
      [1, 2],
      [1, 3],
      [1, 4],
      [1, 5],
    ])

    // The record before the cursor can be the one that cannot be read.
    const [second, third] = [bench({ store }), bench({ store })]
    expect(await second.worker.start(0)).toBe(1)
    await second.worker.take(0, [record({ offset: 1, events }), { ...broken, offset: 2 }], CONTEXT)
    await second.runtime.pass(1_000)
    expect(await third.worker.start(0)).toBe(2)
    await third.worker.take(0, [{ ...broken, offset: 2 }, record({ offset: 3 })], CONTEXT)
    await third.runtime.pass(1_000)
    expect([...store.progress.values()].map(progress => progress.end)).toStrictEqual([4])
  })

  test('keeps an event under the month of its time, clamped, and finds it by any time', async () => {
    const { runtime, store, worker } = bench()
    await worker.start(0)
    const times = [
      -62_167_219_200_000,
      Date.UTC(1969, 11, 31),
      Date.UTC(2026, 0, 31, 23, 59, 59, 999),
      Date.UTC(2026, 1, 1),
      253_402_300_799_999,
    ]
    const events = times.map(timestamp => ({ timestamp, body: { offset: timestamp } }))
    await worker.take(0, [record({ offset: 0, events })], CONTEXT)
    await runtime.pass(1_000)
    expect(await visible(store)).toStrictEqual(times)
    expect([...store.segments.values()].map(({ key }) => key.month)).toStrictEqual([0, 672, 673, 2759])
  })

  test('stops a partition whose log says something else before the cursor, and says what to do', async () => {
    const store = memoryStore()
    const first = bench({ store })
    await first.worker.start(0)
    await first.worker.take(0, records(0, 3), CONTEXT)
    await first.runtime.pass(1_000)

    const second = bench({ store })
    expect(await second.worker.start(0)).toBe(2)
    await second.worker.take(0, [record({ offset: 2, writer: OTHER_WRITER, n: 9 }), record({ offset: 3 })], CONTEXT)
    await second.worker.take(0, [record({ offset: 4 })], CONTEXT)
    await second.runtime.pass(10_000)
    expect(await visible(store)).toStrictEqual([0, 1, 2])
    const line = second.runtime.lines.find(each => each.level === 'error')
    expect(line?.message).toBe('log was truncated: partition stopped')
    expect(line?.fields['act']).toContain('log 2')

    // The operator has registered the next generation: from the earliest, with the same lanes.
    const third = bench({ store, log: 2 })
    expect(await third.worker.start(0)).toBe(0)
    await third.worker.take(0, [...records(0, 2), record({ offset: 2, writer: OTHER_WRITER, n: 9 })], CONTEXT)
    await third.runtime.pass(1_000)
    expect((await visible(store)).toSorted()).toStrictEqual([0, 1, 2, 2])
  })

  test('says which records retention removed before they were applied', async () => {
    const store = memoryStore()
    const first = bench({ store })
    await first.worker.start(0)
    await first.worker.take(0, records(0, 3), CONTEXT)
    await first.runtime.pass(1_000)

    const second = bench({ store, bounds: { read: async () => ({ earliest: 7, end: 9 }) } })
    expect(await second.worker.start(0)).toBe(2)
    second.worker.end(0)
    expect(await second.worker.start(0)).toBe(7)
    expect(second.runtime.lines).toContainEqual({
      level: 'error',
      message: 'records lost to retention',
      fields: { partition: 0, start: 3, end: 7 },
    })
    await second.worker.take(0, records(7, 9), CONTEXT)
    await second.runtime.pass(1_000)
    expect(await visible(store)).toStrictEqual([0, 1, 2, 7, 8])
  })

  test('does not start on a log that ends before the cursor', async () => {
    const store = memoryStore()
    const first = bench({ store })
    await first.worker.start(0)
    await first.worker.take(0, records(0, 3), CONTEXT)
    await first.runtime.pass(1_000)

    const second = bench({ store, bounds: { read: async () => ({ earliest: 0, end: 2 }) } })
    await second.worker.start(0)
    second.worker.end(0)
    await expect(second.worker.start(0)).rejects.toThrow('the log ends at 2, before the cursor 3')
  })

  test('lets go of a partition that is no longer its own, and waits for what was under way before it reads progress', async () => {
    const { runtime, store, worker } = bench()
    await worker.start(0)
    await worker.take(0, records(0, 2), CONTEXT)
    let release: () => void = () => undefined
    store.onWrite = kind => (kind === 'progress' ? new Promise(resolve => (release = resolve)) : undefined)
    await runtime.pass(1_000)
    worker.end(0)
    await worker.take(0, records(2, 4), CONTEXT)
    let start: number | undefined
    const starting = worker.start(0).then(offset => (start = offset))
    await runtime.pass(1_000)
    expect(start).toBeUndefined()
    release()
    await starting
    expect(start).toBe(1)
    store.onWrite = () => undefined
    await worker.stop()
    expect(await visible(store)).toStrictEqual([0, 1])
  })

  test('holds the reader back while a full range waits for the store', async () => {
    const { runtime, store, worker } = bench({ rangeBytes: record({ offset: 0 }).value.length * 2 })
    await worker.start(0)
    let release: () => void = () => undefined
    store.onWrite = () => new Promise(resolve => (release = resolve))
    let isTaken = false
    const taking = worker.take(0, records(0, 3), CONTEXT).then(() => (isTaken = true))
    await runtime.pass(5_000)
    expect(isTaken).toBe(false)
    store.onWrite = () => undefined
    release()
    await runtime.pass(0)
    await taking
    expect(isTaken).toBe(true)
  })

  test('writes the same bytes under the same keys as any other worker of the same range', async () => {
    const [a, b] = [memoryStore(), memoryStore()]
    for (const store of [a, b]) {
      const { runtime, worker } = bench({ store })
      await worker.start(0)
      await worker.take(0, records(0, 50), CONTEXT)
      await runtime.pass(1_000)
    }
    expect(a.blocks).toStrictEqual(b.blocks)
    expect(a.segments).toStrictEqual(b.segments)
    expect(a.progress).toStrictEqual(b.progress)
  })
})
