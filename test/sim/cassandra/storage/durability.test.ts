// Rule C12: when a write is acknowledged, and what a power loss then takes.

import { describe, expect, test } from 'vitest'
import type { Runtime } from '../../../../system/runtime/runtime.ts'
import type { StorageEngine, StorageOptions } from '../../../../sim/cassandra/storage/storage-engine.ts'
import { openStorage } from '../../../../sim/cassandra/storage/storage-engine.ts'
import { live } from './lives.ts'
import { TABLE, insert, valueOf } from './writes.ts'

const MODES = ['periodic', 'batch', 'group'] as const

function open(runtime: Runtime, options: Partial<StorageOptions> = {}): Promise<StorageEngine> {
  return openStorage(runtime, { directory: 'cassandra', commitLogSync: 'periodic', ...options })
}

describe.each(MODES)('commit log sync %s', commitLogSync => {
  test('a crash takes no acknowledged write', () =>
    live([
      async runtime => {
        const engine = await open(runtime, { commitLogSync })
        await engine.apply([insert({ key: 'k', value: 'v', at: 1 })])
        return 'crash'
      },
      async runtime => {
        expect(await valueOf(await open(runtime, { commitLogSync }), 'k')).toBe('v')
      },
    ]))

  test('a power loss takes no write that was flushed', () =>
    live([
      async runtime => {
        const engine = await open(runtime, { commitLogSync })
        await engine.apply([insert({ key: 'k', value: 'v', at: 1 })])
        await engine.flush()
        return 'power-loss'
      },
      async runtime => {
        expect(await valueOf(await open(runtime, { commitLogSync }), 'k')).toBe('v')
      },
    ]))

  test('a stopped engine has everything, whatever happens then', () =>
    live([
      async runtime => {
        const engine = await open(runtime, { commitLogSync })
        await engine.apply([insert({ key: 'k', value: 'v', at: 1 })])
        await engine.stop()
        await expect(engine.apply([insert({ key: 'k', value: 'w', at: 2 })])).rejects.toMatchObject({ code: 'stopped' })
        await expect(engine.read(TABLE, Buffer.from('k'))).rejects.toMatchObject({ code: 'stopped' })
        return 'power-loss'
      },
      async runtime => {
        expect(await valueOf(await open(runtime, { commitLogSync }), 'k')).toBe('v')
      },
    ]))
})

test('periodic: a power loss takes an acknowledged write that was not synced, but none that is ten seconds old', async () => {
  let survived = 0
  for (let seed = 1; seed <= 20; seed++) {
    await live(
      [
        async runtime => {
          const engine = await open(runtime)
          await engine.apply([insert({ key: 'old', value: 'v', at: 1 })])
          await runtime.clock.sleep(10_100)
          await engine.apply([insert({ key: 'new', value: 'v', at: 1 })])
          return 'power-loss'
        },
        async runtime => {
          const engine = await open(runtime)
          expect(await valueOf(engine, 'old')).toBe('v')
          if ((await valueOf(engine, 'new')) === 'v') survived++
        },
      ],
      { seed: String(seed) },
    )
  }
  expect(survived).toBeLessThan(20)
})

test.each(['batch', 'group'] as const)('%s: a power loss takes no acknowledged write', async commitLogSync => {
  for (let seed = 1; seed <= 20; seed++) {
    await live(
      [
        async runtime => {
          const engine = await open(runtime, { commitLogSync })
          await engine.apply([insert({ key: 'k', value: 'v', at: 1 })])
          return 'power-loss'
        },
        async runtime => {
          expect(await valueOf(await open(runtime, { commitLogSync }), 'k')).toBe('v')
        },
      ],
      { seed: String(seed) },
    )
  }
})

test('group: all writes of a window share one append and one sync, and are acknowledged after it', () =>
  live([
    async (runtime, { host: { world } }) => {
      const engine = await open(runtime, { commitLogSync: 'group', commitLogSyncGroupWindowMs: 20 })
      const [entries, nowMicros] = [world.entries, world.nowMicros]
      const writes = Array.from({ length: 100 }, async (_, index) => {
        await runtime.clock.sleep(1 + (index % 10))
        await engine.apply([insert({ key: `k${index}`, value: 'v', at: 1 })])
        expect(world.nowMicros - nowMicros).toBeGreaterThanOrEqual(19_000)
      })
      await Promise.all(writes)
      const [sleeps, tick, append, sync] = [100, 1, 1, 1]
      expect(world.entries - entries).toBe(sleeps + tick + append + sync)
    },
  ]))

test('periodic: an idle engine does nothing', () =>
  live([
    async (runtime, { host: { world } }) => {
      const engine = await open(runtime)
      await engine.apply([insert({ key: 'k', value: 'v', at: 1 })])
      await runtime.clock.sleep(20_000)
      const entries = world.entries
      await runtime.clock.sleep(3_000_000)
      expect(world.entries - entries).toBe(1)
    },
  ]))

test('writes of one call are there together or not at all', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    await live(
      [
        async runtime => {
          const engine = await open(runtime)
          for (let at = 1; at <= 5; at++) {
            void engine.apply([insert({ key: 'a', value: `${at}`, at }), insert({ key: 'b', value: `${at}`, at })])
          }
          await runtime.clock.sleep(1)
          return 'power-loss'
        },
        async runtime => {
          const engine = await open(runtime)
          expect(await valueOf(engine, 'a')).toBe(await valueOf(engine, 'b'))
        },
      ],
      { seed: String(seed) },
    )
  }
})

test('commit log segments go when what they hold is in files', () =>
  live([
    async runtime => {
      const engine = await open(runtime, { commitLogSegmentBytes: 2000 })
      for (let at = 1; at <= 50; at++) await engine.apply([insert({ key: `k${at}`, value: 'x'.repeat(100), at })])
      expect((await runtime.disk.list('cassandra/commitlog')).length).toBeGreaterThan(3)
      await engine.flush()
      const [segment = '', ...others] = await runtime.disk.list('cassandra/commitlog')
      expect(others).toEqual([])
      expect((await runtime.disk.open(segment)).size).toBe(0)
      expect(await runtime.disk.list('cassandra/data')).toHaveLength(1)
      return 'power-loss'
    },
    async runtime => {
      const engine = await open(runtime)
      for (let at = 1; at <= 50; at++) expect(await valueOf(engine, `k${at}`)).toBe('x'.repeat(100))
    },
  ]))

test('a full memory is flushed, and the commit log stays short', () =>
  live([
    async runtime => {
      const engine = await open(runtime, {
        commitLogSegmentBytes: 8000,
        commitLogBytesMax: 30_000,
        memtableBytesMax: 1e9,
      })
      for (let at = 1; at <= 500; at++) await engine.apply([insert({ key: `k${at}`, value: 'x'.repeat(500), at })])
      await engine.flush()
      expect((await runtime.disk.list('cassandra/data')).length).toBeGreaterThan(0)
      return 'power-loss'
    },
    async runtime => {
      const engine = await open(runtime)
      for (let at = 1; at <= 500; at++) expect(await valueOf(engine, `k${at}`)).toBe('x'.repeat(500))
    },
  ]))
