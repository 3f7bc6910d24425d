import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseConfiguration } from '../../../system/configuration.ts'
import type { Configuration } from '../../../system/configuration.ts'
import { candidatesOf } from '../../../system/queue/candidates.ts'
import type { LogProducer } from '../../../system/queue/log-producer.ts'
import type { PublishOutcome } from '../../../system/queue/publication.ts'
import { createPublisher } from '../../../system/queue/publisher.ts'
import type { Publisher } from '../../../system/queue/publisher.ts'
import { decodeRecord } from '../../../system/queue/record.ts'
import type { EventRecord } from '../../../system/queue/record.ts'
import { fakeRuntime, settle } from './fake-runtime.ts'
import type { FakeRuntime } from './fake-runtime.ts'

describe('a publication', () => {
  test('is accepted when the log has answered, and not before', async () => {
    const bench = createBench()
    const outcome = bench.publish('a')
    await bench.runtime.clock.advance(5_000)
    expect(bench.outcomeOf(outcome)).toBe('none yet')
    bench.log.answer(7)
    await settle()
    const [send] = bench.log.sends
    const place = { partition: bench.first, offset: 7, writer: send?.records[0]?.writer, n: 0 }
    expect(bench.outcomeOf(outcome)).toEqual({ kind: 'accepted', place })
    expect(bench.runtime.lines).toContainEqual({
      level: 'info',
      message: 'event accepted',
      fields: { ...place, project: PROJECT, events: 1 },
    })
  })

  test('waits while a produce is in flight, and then goes with all others that waited', async () => {
    const bench = createBench()
    const outcomes = ['a', 'b', 'c', 'd'].map(name => bench.publish(name))
    expect(bench.log.sends.map(send => send.names)).toEqual([['a']])
    bench.log.answer(10)
    await settle()
    expect(bench.log.sends.map(send => send.names)).toEqual([['a'], ['b', 'c', 'd']])
    bench.log.answer(11)
    await settle()
    expect(outcomes.map(outcome => offsetOf(bench.outcomeOf(outcome)))).toEqual([10, 11, 12, 13])
    expect(bench.log.sends.flatMap(send => send.records.map(record => record.n))).toEqual([0, 1, 2, 3])
  })

  test('goes again under the same number after a failure, and others behind it go elsewhere', async () => {
    const bench = createBench()
    const first = bench.publish('a')
    const second = bench.publish('b')
    bench.log.fail()
    await bench.runtime.clock.advance(100)
    expect(bench.log.sends.map(send => [send.partition, send.names])).toEqual([
      [bench.first, ['a']],
      [bench.second, ['b']],
      [bench.first, ['a']],
    ])
    expect(bench.log.sends[2]?.records).toEqual(bench.log.sends[0]?.records)
    bench.log.sends[1]?.resolve(4)
    bench.log.sends[2]?.resolve(3)
    await settle()
    expect([first, second].map(outcome => offsetOf(bench.outcomeOf(outcome)))).toEqual([3, 4])
  })

  test('whose deadline comes after it was sent is unknown, and its lane never sends again', async () => {
    const bench = createBench()
    const first = bench.publish('a')
    await bench.runtime.clock.advance(DEADLINE_MS + 1)
    expect(bench.outcomeOf(first)).toMatchObject({ kind: 'unknown' })
    await bench.runtime.clock.advance(60_000)
    const second = bench.publish('b')
    expect(bench.log.sends.map(send => [send.partition, send.names])).toEqual([
      [bench.first, ['a']],
      [bench.first, ['b']],
    ])
    const [old, present] = bench.log.sends.map(send => send.records[0])
    expect(present?.n).toBe(0)
    expect(present?.writer).not.toBe(old?.writer)
    bench.log.sends[0]?.resolve(5)
    bench.log.sends[1]?.resolve(6)
    await settle()
    expect(bench.outcomeOf(first)).toMatchObject({ kind: 'unknown' })
    expect(offsetOf(bench.outcomeOf(second))).toBe(6)
  })

  test('of a retired lane is not sent again, however its last produce ends', async () => {
    const bench = createBench()
    bench.publish('a')
    await bench.runtime.clock.advance(DEADLINE_MS)
    bench.log.fail()
    await bench.runtime.clock.advance(60_000)
    expect(bench.log.sends.map(send => send.names)).toEqual([['a']])
  })

  test('that was never sent is refused at its deadline', async () => {
    const bench = createBench()
    const outcomes = ['a', 'b'].map(name => bench.publish(name))
    await bench.runtime.clock.advance(DEADLINE_MS - 1)
    expect(outcomes.map(outcome => bench.outcomeOf(outcome))).toEqual(['none yet', 'none yet'])
    await bench.runtime.clock.advance(1)
    expect(outcomes.map(outcome => bench.outcomeOf(outcome))).toMatchObject([{ kind: 'unknown' }, { kind: 'refused' }])
    await bench.runtime.clock.advance(60_000)
    expect(bench.log.sends.map(send => send.names)).toEqual([['a']])
  })

  test('is refused at once when too many bytes wait', async () => {
    const bench = createBench({ limits: { queueBytesMax: 400 } })
    bench.publish('a')
    bench.publish('b')
    const third = bench.publish('c')
    await settle()
    expect(bench.outcomeOf(third)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('queueBytesMax') as string,
    })
  })

  test('under way is waited for by a stop, and what comes later is refused', async () => {
    const bench = createBench()
    const first = bench.publish('a')
    const stopped = bench.publisher.stop()
    const second = bench.publish('b')
    await settle()
    expect(bench.outcomeOf(second)).toMatchObject({ kind: 'refused' })
    bench.log.answer(1)
    await stopped
    expect(offsetOf(bench.outcomeOf(first))).toBe(1)
  })

  test('that a stop cannot wait for any longer is unknown if it was sent, else refused', async () => {
    const bench = createBench({ limits: { publishDeadlineMs: 100_000 } })
    const outcomes = ['a', 'b'].map(name => bench.publish(name))
    const stopped = bench.publisher.stop()
    await bench.runtime.clock.advance(25_000)
    await stopped
    expect(outcomes.map(outcome => bench.outcomeOf(outcome))).toMatchObject([{ kind: 'unknown' }, { kind: 'refused' }])
  })
})

describe('lanes over a log that loses answers', () => {
  test('leave every accepted record in the log once, every unknown one at most once, no refused one', async () => {
    let accepted = 0
    let unknown = 0
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constant('publish' as const) },
      { weight: 3, arbitrary: fc.constant('store and answer' as const) },
      { weight: 2, arbitrary: fc.constant('store and lose the answer' as const) },
      { weight: 2, arbitrary: fc.constant('fail, store later' as const) },
      { weight: 1, arbitrary: fc.constant('fail' as const) },
      { weight: 2, arbitrary: fc.constant('store a late one' as const) },
      { weight: 2, arbitrary: fc.constant('wait' as const) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120 }), async steps => {
        const bench = createBench({ partitions: 3 })
        const outcomes = new Map<string, number>()
        const late: Send[] = []
        const stored: { partition: number; records: readonly EventRecord[] }[] = []
        const store = (send: Send): number => stored.push(send)
        for (const [index, what] of steps.entries()) {
          const open = bench.log.sends.find(send => !send.isDone)
          if (what === 'publish') outcomes.set(`e${index}`, bench.publish(`e${index}`))
          else if (what === 'wait') await bench.runtime.clock.advance(3_000)
          else if (what === 'store a late one') late.splice(0, 1).forEach(store)
          else if (open !== undefined) {
            if (what !== 'fail' && what !== 'fail, store later') store(open)
            if (what === 'fail, store later') late.push(open)
            if (what === 'store and answer') open.resolve(stored.length)
            else open.reject()
          }
          await bench.runtime.clock.advance(60)
        }
        await bench.runtime.clock.advance(DEADLINE_MS * 2)
        late.forEach(store)

        const kept = keptNames(stored)
        for (const [name, outcome] of outcomes) {
          const times = kept.filter(other => other === name).length
          const { kind } = bench.outcomeOf(outcome) as PublishOutcome
          if (kind === 'accepted') accepted++
          if (kind === 'unknown') unknown++
          const most = kind === 'refused' ? 0 : 1
          expect({ name, kind, isRight: times <= most && (kind !== 'accepted' || times === 1) }).toEqual({
            name,
            kind,
            isRight: true,
          })
        }
      }),
      { seed: 3, numRuns: 300 },
    )
    expect(accepted).toBeGreaterThan(500)
    expect(unknown).toBeGreaterThan(500)
  })
})

describe('the candidates of a project', () => {
  test('are as many as asked for, each once, and the same each time', () => {
    const options = { partitions: 12, candidates: 3 }
    const first = new Set<number | undefined>()
    for (let project = 0; project < 200; project++) {
      const candidates = candidatesOf(`project-${project}`, options)
      expect(new Set(candidates).size).toBe(3)
      expect(candidatesOf(`project-${project}`, options)).toEqual(candidates)
      first.add(candidates[0])
    }
    expect(first.size).toBe(12)
  })

  test('are all partitions where there are fewer than asked for', () => {
    expect([...candidatesOf('p', { partitions: 2, candidates: 3 })].sort()).toEqual([0, 1])
  })
})

const PROJECT = 'p1'
const DEADLINE_MS = 20_000

interface Send {
  readonly partition: number
  readonly records: readonly EventRecord[]
  readonly names: readonly string[]
  isDone: boolean
  resolve(firstOffset: number): void
  reject(): void
}

/** What a worker keeps: it drops a record whose number is not above the last one of its lane. */
function keptNames(log: readonly { partition: number; records: readonly EventRecord[] }[]): string[] {
  const lastOfLane = new Map<string, number>()
  const kept: string[] = []
  for (const { partition, records } of log) {
    for (const record of records) {
      const lane = `${record.writer} ${partition}`
      if (record.n <= (lastOfLane.get(lane) ?? -1)) continue
      lastOfLane.set(lane, record.n)
      kept.push(nameOf(record))
    }
  }
  return kept
}

class FakeLog implements LogProducer {
  readonly sends: Send[] = []

  append(partition: number, values: readonly Uint8Array[]): Promise<number> {
    return new Promise((resolve, reject) => {
      const records = values.map(decodeRecord)
      const send: Send = {
        partition,
        records,
        names: records.map(nameOf),
        isDone: false,
        resolve: offset => {
          send.isDone = true
          resolve(offset)
        },
        reject: () => {
          send.isDone = true
          reject(new Error('lost'))
        },
      }
      this.sends.push(send)
    })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  answer(firstOffset: number): void {
    this.sends.find(send => !send.isDone)?.resolve(firstOffset)
  }

  fail(): void {
    this.sends.find(send => !send.isDone)?.reject()
  }

  failAll(): void {
    for (const send of this.sends) if (!send.isDone) send.reject()
  }
}

interface Bench {
  readonly runtime: FakeRuntime
  readonly log: FakeLog
  readonly publisher: Publisher
  readonly first: number | undefined
  readonly second: number | undefined
  publish(name: string): number
  outcomeOf(index: number): PublishOutcome | 'none yet'
}

function createBench(
  change: { candidates?: number; partitions?: number; limits?: Partial<Configuration['limits']> } = {},
): Bench {
  const { limits, ...kafka } = change
  const configuration = parseConfiguration({ kafka, ...(limits === undefined ? {} : { limits }) })
  const runtime = fakeRuntime()
  const log = new FakeLog()
  const publisher = createPublisher(runtime, configuration, log)
  const outcomes: (PublishOutcome | 'none yet')[] = []
  const [first, second] = candidatesOf(PROJECT, configuration.kafka)
  return {
    runtime,
    log,
    publisher,
    first,
    second,
    publish(name) {
      const index = outcomes.push('none yet') - 1
      const events = [{ collection: 'c', timestamp: 0, body: Buffer.from(JSON.stringify({ name })) }]
      void publisher.publish({ project: PROJECT, receivedAt: 0, events }).then(outcome => (outcomes[index] = outcome))
      return index
    },
    outcomeOf: index => outcomes[index] ?? 'none yet',
  }
}

function nameOf(record: EventRecord): string {
  return (JSON.parse(Buffer.from(record.events[0]?.body ?? []).toString()) as { name: string }).name
}

function offsetOf(outcome: PublishOutcome | 'none yet'): number | undefined {
  return outcome !== 'none yet' && outcome.kind === 'accepted' ? outcome.place.offset : undefined
}
