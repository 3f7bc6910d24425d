import { Duplex } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { watchAnswers } from '../../../system/queue/answer-watch.ts'
import { FakeClock } from './fake-runtime.ts'

describe('a connection to a broker', () => {
  test('ends when an answer is overdue, not before', async () => {
    const bench = createBench()
    bench.ask(PRODUCE)
    await bench.pass(4_999)
    expect(bench.isEnded()).toBe(false)
    await bench.pass(1)
    expect(bench.isEnded()).toBe(true)
  })

  test('stays while each request is answered in time, however many', async () => {
    const bench = createBench()
    for (let request = 0; request < 20; request++) {
      bench.ask(PRODUCE)
      await bench.pass(3_000)
      await bench.answer(1)
    }
    await bench.pass(600_000)
    expect(bench.isEnded()).toBe(false)
  })

  test('ends when the second of two requests is not answered', async () => {
    const bench = createBench()
    bench.ask(PRODUCE)
    await bench.pass(2_000)
    bench.ask(PRODUCE)
    await bench.answer(1)
    await bench.pass(4_999)
    expect(bench.isEnded()).toBe(false)
    await bench.pass(1)
    expect(bench.isEnded()).toBe(true)
  })

  test('gives a broker the time that it may take on purpose', async () => {
    const patience: readonly (readonly [number, number])[] = [
      [FETCH, 8_000],
      [JOIN_GROUP, 15_000],
      [SYNC_GROUP, 15_000],
    ]
    for (const [request, untilMs] of patience) {
      const bench = createBench()
      bench.ask(request)
      await bench.pass(untilMs - 1)
      expect(bench.isEnded()).toBe(false)
      await bench.pass(1)
      expect(bench.isEnded()).toBe(true)
    }
  })

  test('counts answers wherever the network cuts them', async () => {
    for (const pieceBytes of [1, 3, 4, 5, 7, 1_000]) {
      const bench = createBench()
      for (let request = 0; request < 4; request++) bench.ask(PRODUCE)
      await bench.answer(3, pieceBytes)
      await bench.pass(4_999)
      await bench.answer(1, pieceBytes)
      await bench.pass(60_000)
      expect(bench.isEnded()).toBe(false)
    }
  })
})

const [PRODUCE, FETCH, JOIN_GROUP, SYNC_GROUP] = [0, 1, 11, 14]

function createBench(): {
  pass(ms: number): Promise<void>
  ask(apiKey: number): void
  answer(count: number, pieceBytes?: number): Promise<void>
  isEnded(): boolean
} {
  const clock = new FakeClock()
  const stream = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() })
  let isEnded = false
  watchAnswers(clock, stream, 5_000)
  stream.on('end', () => (isEnded = true))
  const frame = (length: number): Buffer => Buffer.concat([Buffer.from([0, 0, 0, length]), Buffer.alloc(length, 1)])
  return {
    async pass(ms) {
      await clock.advance(ms)
      await turn()
    },
    ask: apiKey => void stream.write(Buffer.from([0, 0, 0, 8, 0, apiKey, 0, 7, 0, 0, 0, 1]), 'binary'),
    async answer(count, pieceBytes = 1_000) {
      const bytes = Buffer.concat(Array.from({ length: count }, (_, index) => frame(index * 5)))
      for (let start = 0; start < bytes.length; start += pieceBytes) {
        stream.push(bytes.subarray(start, start + pieceBytes))
      }
      await turn()
    },
    isEnded: () => isEnded,
  }
}

/** Streams say things at the next turn. */
function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
