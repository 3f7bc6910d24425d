// Workers that believe a partition to be theirs at the same time, writes that fail, succeed unseen or land late, and readers
// in between: the store's rows are facts, whoever writes them and whenever.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseConfiguration } from '../../../system/configuration.ts'
import { PartialResults } from '../../../system/query/partial-results.ts'
import { runQuery } from '../../../system/query/run-query.ts'
import type { LogRecord } from '../../../system/queue/log-worker.ts'
import type { StreamWorker } from '../../../system/stream/worker.ts'
import { streamWorker } from '../../../system/stream/worker.ts'
import type { MemoryStore } from '../store/memory-store.ts'
import { memoryStore } from '../store/memory-store.ts'
import type { TestRuntime } from '../store/test-runtime.ts'
import { testRuntime } from '../store/test-runtime.ts'
import { OTHER_WRITER, record, WRITER } from './log.ts'

const WORKERS = 3
const LOG_RECORDS = 30

type Step =
  | { readonly kind: 'start' | 'end'; readonly worker: number }
  | { readonly kind: 'feed'; readonly worker: number; readonly count: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'read' }

/** What becomes of a write, as its writer is told and as it is. */
type Fate = 'done' | 'slow' | 'lost' | 'done unseen' | 'late'

const worker = fc.nat(WORKERS - 1)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('start' as const), worker }, { noNullPrototype: true }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('end' as const), worker }, { noNullPrototype: true }) },
  {
    weight: 6,
    arbitrary: fc.record(
      { kind: fc.constant('feed' as const), worker, count: fc.integer({ min: 1, max: 9 }) },
      { noNullPrototype: true },
    ),
  },
  {
    weight: 5,
    arbitrary: fc.record(
      { kind: fc.constant('pass' as const), ms: fc.constantFrom(20, 300, 1_000, 4_000) },
      { noNullPrototype: true },
    ),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'read' as const }) },
)
const fate: fc.Arbitrary<Fate> = fc.constantFrom('done', 'done', 'done', 'slow', 'lost', 'done unseen', 'late')

test('whoever writes what when, readers see no event twice, none that was dropped, and none vanish', async () => {
  const seen = { readers: 0, overlaps: 0, late: 0 }
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(3), { minLength: LOG_RECORDS, maxLength: LOG_RECORDS }),
      fc.array(step, { minLength: 20, maxLength: 80 }),
      fc.array(fate, { minLength: 20, maxLength: 60 }),
      async (shape, steps, fates) => {
        const { log, kept } = logOf(shape)
        const runtime = testRuntime()
        const store = unreliable(memoryStore(), runtime, fates, seen)
        const workers = Array.from({ length: WORKERS }, () => new Reading(runtime, store, log))
        let visible: readonly number[] = []
        const read = async (): Promise<void> => {
          const before = visible
          visible = await visibleIn(store)
          seen.readers++
          expect(visible).toStrictEqual([...new Set(visible)])
          expect(visible.filter(offset => !kept.includes(offset))).toStrictEqual([])
          expect(before.filter(offset => !visible.includes(offset))).toStrictEqual([])
          const applied = store.progress.get('1 0')?.end ?? 0
          const claimed = kept.filter(offset => offset < applied)
          expect(claimed.filter(offset => !visible.includes(offset))).toStrictEqual([])
        }
        for (const each of steps) {
          if (each.kind === 'pass') await runtime.pass(each.ms)
          else if (each.kind === 'read') await read()
          else if (each.kind === 'feed') void workers[each.worker]?.feed(each.count)
          else if (each.kind === 'start') void workers[each.worker]?.start()
          else workers[each.worker]?.end()
          await runtime.pass(0)
        }
        // All is well again: one worker goes on, the others are what they are.
        store.onWrite = () => undefined
        const last = new Reading(runtime, store, log)
        await last.start()
        await last.feed(LOG_RECORDS)
        await runtime.pass(60_000)
        await read()
        expect(visible).toStrictEqual(kept)
        seen.overlaps += overlapsIn(store)
      },
    ),
    { seed: 7, numRuns: 120 },
  )
  expect(seen.readers).toBeGreaterThan(500)
  expect(seen.overlaps).toBeGreaterThan(100)
  expect(seen.late).toBeGreaterThan(100)
}, 60_000)

/** Two lanes, with copies of records that came before; `kept`: the offsets of those that count. */
function logOf(shape: readonly number[]): { readonly log: readonly LogRecord[]; readonly kept: readonly number[] } {
  const next = new Map([
    [WRITER, 0],
    [OTHER_WRITER, 0],
  ])
  const kept: number[] = []
  const log = shape.map((kind, offset) => {
    const writer = kind % 2 === 0 ? WRITER : OTHER_WRITER
    const n = next.get(writer) ?? 0
    const isCopy = kind >= 2 && n > 0
    if (!isCopy) {
      kept.push(offset)
      next.set(writer, n + 1)
    }
    return record({ offset, writer, n: isCopy ? n - 1 : n })
  })
  return { log, kept }
}

/** A worker and its reading of the log, from where it wants to begin. */
class Reading {
  readonly #worker: StreamWorker
  readonly #log: readonly LogRecord[]
  #assignment = 0
  #next: number | undefined

  constructor(runtime: TestRuntime, store: MemoryStore, log: readonly LogRecord[]) {
    this.#worker = streamWorker(
      {
        ...{ runtime, store },
        bounds: { read: () => Promise.resolve({ earliest: 0, end: log.length }) },
        committed: () => undefined,
      },
      { log: 1, rangeMs: 1_000, rangeBytes: 1_000 },
    )
    this.#log = log
  }

  async start(): Promise<void> {
    const assignment = ++this.#assignment
    this.#next = undefined
    const next = await this.#worker.start(0)
    if (assignment === this.#assignment) this.#next = next
  }

  async feed(count: number): Promise<void> {
    const from = this.#next
    if (from === undefined) return
    const records = this.#log.slice(from, from + count)
    this.#next = from + records.length
    await this.#worker.take(0, records, { highWatermark: this.#log.length, isStale: () => false })
  }

  end(): void {
    this.#assignment++
    this.#next = undefined
    this.#worker.end(0)
  }
}

function unreliable(
  store: MemoryStore,
  runtime: TestRuntime,
  fates: readonly Fate[],
  seen: { late: number },
): MemoryStore {
  let writes = 0
  const fail = (): never => {
    throw new Error('no answer in time')
  }
  const late = { block: store.writeBlock, catalog: store.writeCatalog, segment: store.writeSegment }
  const lateProgress = store.writeProgress
  const landing = async (write: () => Promise<void>): Promise<void> => {
    await runtime.clock.sleep(7_000)
    const { onWrite } = store
    store.onWrite = () => undefined
    const written = write()
    store.onWrite = onWrite
    await written
  }
  const next = (write: () => Promise<void>): Promise<void> => {
    const fateOfThis = fates[writes++ % fates.length]
    if (store.onWrite !== onWrite) return write()
    if (fateOfThis === 'late') {
      seen.late++
      void landing(write)
      return Promise.resolve().then(fail)
    }
    return write()
  }
  const onWrite: MemoryStore['onWrite'] = async () => {
    const fateOfThis = fates[(writes - 1) % fates.length]
    if (fateOfThis === 'slow') await runtime.clock.sleep(500)
    if (fateOfThis === 'lost') fail()
    return fateOfThis === 'done unseen' ? fail : undefined
  }
  store.onWrite = onWrite
  store.writeBlock = (block, atMicros) => next(() => late.block(block, atMicros))
  store.writeCatalog = (key, atMicros) => next(() => late.catalog(key, atMicros))
  store.writeSegment = (key, row) => next(() => late.segment(key, row))
  store.writeProgress = (place, progress) => next(() => lateProgress(place, progress))
  return store
}

async function visibleIn(store: MemoryStore): Promise<readonly number[]> {
  const answer = await runQuery(
    { project: 'p', analysis: 'extraction', parameters: { event_collection: 'c', property_names: ['offset'] } },
    { runtime: testRuntime(), store, limits: parseConfiguration({}).limits, results: new PartialResults(0) },
  )
  return (answer.result as readonly { readonly offset: number }[]).map(event => event.offset)
}

/** Rows that begin within another. */
function overlapsIn(store: MemoryStore): number {
  const rows = [...store.segments.values()].flatMap(part => [...part.rows.values()])
  return rows.filter(row => rows.some(other => other !== row && other.start <= row.start && row.start < other.end))
    .length
}
