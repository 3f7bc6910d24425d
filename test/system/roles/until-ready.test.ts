import { describe, expect, test } from 'vitest'
import { untilReady } from '../../../system/roles/until-ready.ts'
import { fakeRuntime } from '../queue/fake-runtime.ts'

describe('what is not ready yet', () => {
  test('is tried again until it is', async () => {
    const runtime = fakeRuntime()
    let attempts = 0
    const ready = untilReady(runtime, { what: 'the engine', withinMs: 10_000 }, () => {
      attempts++
      return attempts < 4 ? Promise.reject(new Error('down')) : Promise.resolve('up')
    })
    await runtime.clock.advance(800)
    await expect(ready).resolves.toBe('up')
    expect(runtime.lines.map(line => line.fields['error'])).toEqual(['Error: down', 'Error: down', 'Error: down'])
  })

  test('is given up in time, with what it said last', async () => {
    const runtime = fakeRuntime()
    const startedMs = runtime.clock.monotonicMs()
    const ready = untilReady(runtime, { what: 'the engine', withinMs: 10_000 }, () => Promise.reject(new Error('down')))
    const failure = ready.catch((error: unknown) => ({ error, afterMs: runtime.clock.monotonicMs() - startedMs }))
    await runtime.clock.advance(60_000)
    const { error, afterMs } = (await failure) as { error: Error; afterMs: number }
    expect(error.message).toBe('the engine was not ready within 10000 ms')
    expect(error.cause).toEqual(new Error('down'))
    expect(afterMs).toBeLessThanOrEqual(10_000)
  })
})
