import type { ConsumerRunConfig, EachBatchPayload, Kafka } from 'kafkajs'
import { describe, expect, test } from 'vitest'
import { parseConfiguration } from '../../../system/configuration.ts'
import { startLogConsumer } from '../../../system/queue/consumer.ts'
import type { LogConsumer } from '../../../system/queue/consumer.ts'
import type { LogRecord, LogWorker } from '../../../system/queue/log-worker.ts'
import { fakeRuntime, settle } from './fake-runtime.ts'
import type { FakeRuntime } from './fake-runtime.ts'

describe('an assigned partition', () => {
  test('begins where the worker says, not where the group stands', async () => {
    const bench = await createBench()
    bench.consumer.join([0, 3])
    await settle()
    expect(bench.consumer.done).toEqual(['seek 0 100', 'seek 3 100'])
  })

  test('is paused when records come before the worker has said where it begins, and they are not handed over', async () => {
    const bench = await createBench()
    bench.worker.failures.start = 1
    bench.consumer.join([0])
    await settle()
    await bench.consumer.batch(0, [100, 101])
    expect(bench.consumer.done).toEqual(['pause 0'])
    await bench.runtime.clock.advance(1_000)
    expect(bench.consumer.done).toEqual(['pause 0', 'seek 0 100', 'resume 0'])
    expect(bench.worker.taken).toEqual([])
  })

  test('that was given back while it was paused is resumed when it comes again', async () => {
    const bench = await createBench()
    bench.worker.failures.start = 1
    bench.consumer.join([0])
    await settle()
    await bench.consumer.batch(0, [100, 101])
    bench.consumer.join([1])
    await bench.runtime.clock.advance(1_000)
    bench.consumer.join([0])
    await settle()
    expect(bench.consumer.done).toEqual(['pause 0', 'seek 1 100', 'seek 0 100', 'resume 0'])
  })

  test('is asked for its cursor until it has one', async () => {
    const bench = await createBench()
    bench.worker.failures.start = 3
    bench.consumer.join([0])
    await bench.runtime.clock.advance(2_000)
    expect(bench.worker.done).toEqual(['start 0', 'start 0', 'start 0', 'start 0'])
    expect(bench.consumer.done).toEqual(['seek 0 100'])
  })

  test('hands over its records once and without a gap, wherever batches overlap', async () => {
    const bench = await createBench()
    bench.consumer.join([0])
    await settle()
    await bench.consumer.batch(0, [98, 99, 100, 101])
    await bench.consumer.batch(0, [101, 102])
    await bench.consumer.batch(0, [102])
    await bench.consumer.batch(0, [103])
    expect(bench.worker.taken).toEqual([100, 101, 102, 103])
  })

  test('is checked again when a new leader has appended, once for each, and not by what came with the first records', async () => {
    const bench = await createBench()
    bench.consumer.join([0])
    await settle()
    await bench.consumer.batch(0, [100], { leaderEpoch: 5 })
    await bench.consumer.batch(0, [101], { leaderEpoch: 5 })
    expect(bench.worker.done).toEqual(['start 0'])
    await bench.consumer.batch(0, [102], { leaderEpoch: 7 })
    expect(bench.worker.taken).toEqual([100, 101])
    await settle()
    expect(bench.worker.done).toEqual(['start 0', 'end 0', 'start 0'])
    // Again from the cursor, in pieces: the records of the old leader, then that of the new one.
    await bench.consumer.batch(0, [100, 101], { leaderEpoch: 5 })
    await bench.consumer.batch(0, [102], { leaderEpoch: 7 })
    expect(bench.worker.taken).toEqual([100, 101, 100, 101, 102])
    expect(bench.worker.done).toEqual(['start 0', 'end 0', 'start 0'])
  })

  test('starts again when the log ends before the cursor', async () => {
    const bench = await createBench()
    bench.consumer.join([0])
    await settle()
    const behind = bench.consumer.batch(0, [97, 98], { highWatermark: 99 })
    await bench.runtime.clock.advance(5_000)
    await behind
    expect(bench.worker.done).toEqual(['start 0', 'end 0', 'start 0'])
    expect(bench.runtime.lines.map(line => line.message)).toContain('gap in the log')
  })

  test('starts again from the cursor when records are missing, and hands over none behind the gap', async () => {
    const bench = await createBench()
    bench.consumer.join([0])
    await settle()
    await bench.consumer.batch(0, [100])
    const behind = bench.consumer.batch(0, [102, 103])
    await bench.runtime.clock.advance(5_000)
    await behind
    expect(bench.worker.taken).toEqual([100])
    expect(bench.worker.done).toEqual(['start 0', 'end 0', 'start 0'])
    expect(bench.runtime.lines.map(line => line.message)).toContain('gap in the log')
  })

  test('starts again from the cursor when the worker has failed', async () => {
    const bench = await createBench()
    bench.consumer.join([0])
    await settle()
    bench.worker.failures.take = 1
    const batch = bench.consumer.batch(0, [100])
    await bench.runtime.clock.advance(5_000)
    await batch
    await bench.consumer.batch(0, [100])
    expect(bench.worker.done).toEqual(['start 0', 'end 0', 'start 0'])
    expect(bench.worker.taken).toEqual([100])
  })

  test('of a new assignment starts anew, and what was under way is stale', async () => {
    const bench = await createBench()
    bench.consumer.join([0])
    await settle()
    const release = bench.worker.hold()
    const batch = bench.consumer.batch(0, [100])
    await settle()
    expect(bench.worker.isStale()).toBe(false)
    bench.consumer.join([1])
    expect(bench.worker.isStale()).toBe(true)
    release()
    await batch
    await bench.consumer.batch(0, [101])
    expect(bench.worker.taken).toEqual([100])
    expect(bench.worker.done).toEqual(['start 0', 'end 0', 'start 1'])
  })

  test('keeps its heartbeat while the worker is busy, and is stale once the group has thrown it out', async () => {
    const bench = await createBench()
    bench.consumer.join([0])
    await settle()
    const release = bench.worker.hold()
    const batch = bench.consumer.batch(0, [100])
    await bench.runtime.clock.advance(7_000)
    expect(bench.consumer.heartbeats).toBe(3)
    bench.consumer.heartbeatError = Object.assign(new Error('no coordinator'), { type: 'COORDINATOR_LOAD_IN_PROGRESS' })
    await bench.runtime.clock.advance(2_000)
    expect(bench.worker.isStale()).toBe(false)
    bench.consumer.heartbeatError = Object.assign(new Error('rebalance'), { type: 'REBALANCE_IN_PROGRESS' })
    await bench.runtime.clock.advance(2_000)
    expect(bench.worker.isStale()).toBe(true)
    release()
    await batch
    await bench.runtime.clock.advance(7_000)
    expect(bench.consumer.heartbeats).toBe(5)
  })
})

describe('a consumer', () => {
  test('that crashed is replaced, and its partitions end', async () => {
    const bench = await createBench()
    bench.consumer.join([0])
    await settle()
    bench.consumer.emit('crash', { error: new Error('gone') })
    await bench.runtime.clock.advance(1_000)
    expect(bench.worker.done).toEqual(['start 0', 'end 0'])
    expect(bench.consumers).toHaveLength(2)
    expect(bench.consumers[0]?.isConnected).toBe(false)
    bench.consumer.join([0])
    await settle()
    await bench.consumer.batch(0, [100])
    expect(bench.worker.taken).toEqual([100])
  })

  test('that cannot connect is replaced until one can, ever more slowly', async () => {
    const bench = await createBench({ connectFailures: 5 })
    await bench.runtime.clock.advance(1_000)
    expect(bench.consumers.length).toBeLessThan(6)
    await bench.runtime.clock.advance(5_000)
    expect(bench.consumers).toHaveLength(6)
  })

  test('that has gone silent is replaced, but not while the worker is busy', async () => {
    const bench = await createBench()
    bench.consumer.join([0])
    await settle()
    const release = bench.worker.hold()
    const batch = bench.consumer.batch(0, [100])
    await bench.runtime.clock.advance(200_000)
    expect(bench.consumers).toHaveLength(1)
    release()
    await batch
    await bench.runtime.clock.advance(60_000)
    expect(bench.consumers).toHaveLength(2)
  })

  test('that fetches is not replaced', async () => {
    const bench = await createBench()
    for (let minute = 0; minute < 10; minute++) {
      bench.consumer.emit('fetch', {})
      await bench.runtime.clock.advance(20_000)
    }
    expect(bench.consumers).toHaveLength(1)
  })

  test('that is stopped ends its partitions and is not replaced', async () => {
    const bench = await createBench()
    bench.consumer.join([0])
    await settle()
    await bench.log.stop()
    await bench.runtime.clock.advance(300_000)
    expect(bench.worker.done).toEqual(['start 0', 'end 0'])
    expect(bench.consumers.map(({ isConnected }) => isConnected)).toEqual([false])
  })
})

const TOPIC = 't'

class FakeWorker implements LogWorker {
  readonly done: string[] = []
  readonly taken: number[] = []
  readonly failures = { start: 0, take: 0 }
  isStale: () => boolean = () => true
  #held: Promise<void> | undefined

  start(partition: number): Promise<number> {
    this.done.push(`start ${partition}`)
    return this.failures.start-- > 0 ? Promise.reject(new Error('store down')) : Promise.resolve(100)
  }

  async take(_partition: number, records: readonly LogRecord[], context: { isStale(): boolean }): Promise<void> {
    this.isStale = context.isStale
    if (this.failures.take-- > 0) throw new Error('bug')
    await this.#held
    this.taken.push(...records.map(record => record.offset))
  }

  end(partition: number): void {
    this.done.push(`end ${partition}`)
  }

  hold(): () => void {
    let release: () => void = () => undefined
    this.#held = new Promise(resolve => (release = resolve))
    return () => {
      this.#held = undefined
      release()
    }
  }
}

interface BatchOptions {
  readonly leaderEpoch?: number
  readonly highWatermark?: number
}

class FakeConsumer {
  readonly events = {
    FETCH: 'fetch',
    HEARTBEAT: 'heartbeat',
    END_BATCH_PROCESS: 'end',
    GROUP_JOIN: 'join',
    REBALANCING: 'rebalancing',
    CRASH: 'crash',
  }
  readonly done: string[] = []
  heartbeats = 0
  heartbeatError: Error | undefined
  isConnected = false
  readonly #listeners = new Map<string, (event: { payload: unknown }) => void>()
  readonly #connect: () => Promise<void>
  #eachBatch: ConsumerRunConfig['eachBatch']

  constructor(connect: () => Promise<void>) {
    this.#connect = connect
  }

  async connect(): Promise<void> {
    await this.#connect()
    this.isConnected = true
  }

  disconnect(): Promise<void> {
    this.isConnected = false
    return Promise.resolve()
  }

  subscribe(): Promise<void> {
    return Promise.resolve()
  }

  run(config: ConsumerRunConfig): Promise<void> {
    this.#eachBatch = config.eachBatch
    return Promise.resolve()
  }

  on(event: string, listener: (event: { payload: unknown }) => void): void {
    this.#listeners.set(event, listener)
  }

  emit(event: string, payload: unknown): void {
    this.#listeners.get(event)?.({ payload })
  }

  join(partitions: readonly number[]): void {
    this.emit('join', { memberAssignment: { [TOPIC]: partitions } })
  }

  pause([
    {
      partitions: [partition],
    },
  ]: [{ partitions: [number] }]): void {
    this.done.push(`pause ${partition}`)
  }

  resume([
    {
      partitions: [partition],
    },
  ]: [{ partitions: [number] }]): void {
    this.done.push(`resume ${partition}`)
  }

  seek({ partition, offset }: { partition: number; offset: string }): void {
    this.done.push(`seek ${partition} ${offset}`)
  }

  async batch(partition: number, offsets: readonly number[], given: BatchOptions = {}): Promise<void> {
    const batchContext = { partitionLeaderEpoch: given.leaderEpoch ?? 0 }
    const messages = offsets.map(offset => ({
      ...{ offset: String(offset), timestamp: '5', value: Buffer.from('x'), batchContext },
    }))
    await this.#eachBatch?.({
      batch: { topic: TOPIC, partition, highWatermark: String(given.highWatermark ?? 200), messages },
      isStale: () => false,
      isRunning: () => true,
      heartbeat: () => {
        this.heartbeats++
        return this.heartbeatError === undefined ? Promise.resolve() : Promise.reject(this.heartbeatError)
      },
    } as unknown as EachBatchPayload)
  }
}

interface Bench {
  readonly runtime: FakeRuntime
  readonly worker: FakeWorker
  readonly log: LogConsumer
  readonly consumers: readonly FakeConsumer[]
  /** The present one. */
  readonly consumer: FakeConsumer
}

async function createBench(options: { readonly connectFailures?: number } = {}): Promise<Bench> {
  const runtime = fakeRuntime()
  const worker = new FakeWorker()
  const consumers: FakeConsumer[] = []
  let failures = options.connectFailures ?? 0
  const connect = (): Promise<void> => (failures-- > 0 ? Promise.reject(new Error('down')) : Promise.resolve())
  const consumer = (): FakeConsumer => {
    const made = new FakeConsumer(connect)
    consumers.push(made)
    return made
  }
  const log = startLogConsumer(runtime, parseConfiguration({ kafka: { topic: TOPIC } }), {
    kafka: { consumer } as unknown as Kafka,
    worker,
  })
  await settle()
  return {
    runtime,
    worker,
    log,
    consumers,
    get consumer() {
      const last = consumers.at(-1)
      if (last === undefined) throw new Error('there is none')
      return last
    },
  }
}
