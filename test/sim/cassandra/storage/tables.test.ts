// What readers get: partitions in token order, merged from wherever their parts are; and what compaction may forget (C8).

import { describe, expect, test } from 'vitest'
import type { Runtime } from '../../../../system/runtime/runtime.ts'
import { MIN_TOKEN, tokenOf } from '../../../../sim/cassandra/ring/murmur3.ts'
import type { Token } from '../../../../sim/cassandra/ring/murmur3.ts'
import type { StorageEngine, StorageOptions } from '../../../../sim/cassandra/storage/storage-engine.ts'
import { openStorage } from '../../../../sim/cassandra/storage/storage-engine.ts'
import { live } from './lives.ts'
import { TABLE, insert, remove, valueOf } from './writes.ts'

function open(runtime: Runtime, options: Partial<StorageOptions> = {}): Promise<StorageEngine> {
  return openStorage(runtime, { directory: 'cassandra', commitLogSync: 'batch', ...options })
}

describe('a scan', () => {
  const keys = Array.from({ length: 60 }, (_, index) => `key ${index}`)
  const sorted = [...keys].sort((a, b) => (tokenOfText(a) < tokenOfText(b) ? -1 : 1))
  const names = async (engine: StorageEngine, range: { after: Token; to?: Token }, limit = 1000): Promise<string[]> =>
    (await engine.scan(TABLE, range, limit)).map(({ key }) => Buffer.from(key).toString())

  test('goes through memory and files in token order, each partition once', () =>
    live([
      async runtime => {
        const engine = await open(runtime)
        for (const [index, key] of keys.entries()) {
          await engine.apply([
            insert({ key, value: 'v', at: 1 }),
            insert({ key: keys[0] ?? '', value: 'w', at: index }),
          ])
          if (index % 20 === 10) await engine.flush()
        }
        expect(await names(engine, { after: MIN_TOKEN })).toEqual(sorted)
        const [from, to] = [tokenOfText(sorted[9] ?? ''), tokenOfText(sorted[19] ?? '')]
        expect(await names(engine, { after: from, to })).toEqual(sorted.slice(10, 20))
        expect(await names(engine, { after: to, to: from })).toEqual([])
      },
    ]))

  test('in pages sees what a scan in one go sees', () =>
    live([
      async runtime => {
        const engine = await open(runtime)
        for (const [index, key] of keys.entries()) {
          await engine.apply([insert({ key, value: 'v', at: 1 })])
          if (index % 20 === 10) await engine.flush()
        }
        const seen: string[] = []
        let after = MIN_TOKEN
        for (;;) {
          const page = await names(engine, { after }, 7)
          seen.push(...page)
          if (page.length < 7) break
          after = tokenOfText(page.at(-1) ?? '')
        }
        expect(seen).toEqual(sorted)
      },
    ]))

  test('of a table that nobody wrote to finds nothing', () =>
    live([
      async runtime => {
        expect(await names(await open(runtime), { after: MIN_TOKEN })).toEqual([])
      },
    ]))
})

test('a fragment that was handed out never changes', () =>
  live([
    async runtime => {
      const engine = await open(runtime)
      for (let place = 0; place < 30; place++) {
        await engine.apply([insert({ key: 'wide', value: 'v', at: 1, place: `row ${place}` })])
      }
      const fragment = await engine.read(TABLE, Buffer.from('wide'))
      const rows = [...(fragment?.rows ?? [])]
      await engine.apply([insert({ key: 'wide', value: 'w', at: 2, place: 'row 10' })])
      await engine.apply([remove({ key: 'wide', at: 3 })])
      expect(fragment?.rows).toEqual(rows)
      expect(rows).toHaveLength(30)
      expect((await engine.read(TABLE, Buffer.from('wide')))?.rows).toEqual([])
    },
  ]))

describe('a drop', () => {
  test('forgets memory, files and log for ever, and the table may begin again', () =>
    live([
      async runtime => {
        const engine = await open(runtime)
        await engine.apply([insert({ key: 'flushed', value: 'v', at: 9 })])
        await engine.flush()
        await engine.apply([insert({ key: 'logged', value: 'v', at: 9 })])
        await engine.drop(TABLE)
        await engine.apply([insert({ key: 'new', value: 'v', at: 1 })])
        return 'power-loss'
      },
      async runtime => {
        const engine = await open(runtime)
        expect(await valueOf(engine, 'flushed')).toBeUndefined()
        expect(await valueOf(engine, 'logged')).toBeUndefined()
        expect(await valueOf(engine, 'new')).toBe('v')
        await engine.flush()
        return 'crash'
      },
      async runtime => {
        expect(await valueOf(await open(runtime), 'new')).toBe('v')
      },
    ]))
})

describe('a compaction', () => {
  const files = async (runtime: Runtime): Promise<number> => (await runtime.disk.list('cassandra/data')).length
  /** Deleted in 1970: longer ago than any gc_grace. */
  const LONG_AGO = { localSeconds: 0 }

  test('begins by itself when four files are of one size', () =>
    live([
      async runtime => {
        const engine = await open(runtime)
        for (let at = 1; at <= 4; at++) {
          await engine.apply([insert({ key: 'k', value: `${at}`, at })])
          expect(await files(runtime)).toBe(at - 1)
          await engine.flush()
        }
        await runtime.clock.sleep(100)
        expect(await files(runtime)).toBe(1)
        expect(await valueOf(engine, 'k')).toBe('4')
      },
    ]))

  test('forgets a tombstone that is older than gc_grace, with what it hides', () =>
    live([
      async runtime => {
        const engine = await open(runtime)
        await engine.apply([insert({ key: 'k', value: 'v', at: 1 })])
        await engine.flush()
        await engine.apply([remove({ key: 'k', at: 2, ...LONG_AGO })])
        await engine.flush()
        await engine.compact(TABLE)
        expect(await engine.read(TABLE, Buffer.from('k'))).toBeUndefined()
        expect(await files(runtime)).toBe(0)
        // Nothing is left that would hide what comes late: so deleted data comes back where nobody repairs in time.
        await engine.apply([insert({ key: 'k', value: 'late', at: 1 })])
        expect(await valueOf(engine, 'k')).toBe('late')
      },
    ]))

  test('keeps a tombstone within gc_grace', () =>
    live([
      async runtime => {
        const engine = await open(runtime)
        const nowSeconds = Math.floor(runtime.clock.wallMs() / 1000)
        engine.setGcGrace(TABLE, 100)
        await engine.apply([remove({ key: 'k', at: 2, localSeconds: nowSeconds })])
        await engine.flush()
        await engine.compact(TABLE)
        await engine.apply([insert({ key: 'k', value: 'late', at: 1 })])
        expect(await valueOf(engine, 'k')).toBeUndefined()
        await engine.flush()
        await runtime.clock.sleep(102_000)
        await engine.compact(TABLE)
        expect(await engine.read(TABLE, Buffer.from('k'))).toBeUndefined()
        await engine.apply([insert({ key: 'k', value: 'later', at: 1 })])
        expect(await valueOf(engine, 'k')).toBe('later')
      },
    ]))

  test('keeps a tombstone as long as memory may have something for it to hide', () =>
    live([
      async runtime => {
        const engine = await open(runtime)
        await engine.apply([remove({ key: 'k', at: 5, ...LONG_AGO })])
        await engine.flush()
        await engine.apply([insert({ key: 'k', value: 'hidden', at: 4 })])
        await engine.compact(TABLE)
        expect(await valueOf(engine, 'k')).toBeUndefined()
        expect((await engine.read(TABLE, Buffer.from('k')))?.deletion?.atMicros).toBe(5n)
      },
    ]))

  test('keeps a tombstone as long as a file that it does not read may have something for it to hide', () =>
    live([
      async runtime => {
        const engine = await open(runtime)
        // A large file, which is of no tier with the small ones.
        await engine.apply([insert({ key: 'k', value: 'x'.repeat(3_000_000), at: 4 })])
        await engine.flush()
        for (let at = 5; at < 9; at++) {
          await engine.apply([remove({ key: 'k', at, ...LONG_AGO }), remove({ key: 'other', at, ...LONG_AGO })])
          await engine.flush()
        }
        await runtime.clock.sleep(100)
        expect(await files(runtime)).toBe(2)
        expect((await engine.read(TABLE, Buffer.from('k')))?.deletion?.atMicros).toBe(8n)
        expect(await engine.read(TABLE, Buffer.from('other'))).toBeUndefined()
      },
    ]))

  test('forgets no tombstone as long as the commit log may bring back what it hides', async () => {
    let compacted = 0
    for (let step = 0; step < 40; step++) {
      await live([
        async (runtime, { host }) => {
          const engine = await open(runtime, { commitLogSegmentBytes: 400 })
          engine.setGcGrace(TABLE, 0)
          for (let at = 1; at <= 3; at++) {
            await engine.apply([insert({ key: `file ${at}`, value: 'v', at: 9 })])
            await engine.flush()
          }
          await engine.apply([remove({ key: 'k', at: 5, ...LONG_AGO })])
          for (let index = 0; index < 200; index++)
            await engine.apply([insert({ key: `k${index}`, value: 'v', at: 1 })])
          await engine.apply([insert({ key: 'k', value: 'hidden', at: 4 })])
          void engine.flush()
          await new Promise<void>(resolve => host.world.schedule(step * 250, host, 'timer', resolve))
          return 'crash'
        },
        async runtime => {
          if ((await files(runtime)) === 1) compacted++
          expect(await valueOf(await open(runtime), 'k')).toBeUndefined()
        },
      ])
    }
    expect(compacted).toBeGreaterThan(0)
    expect(compacted).toBeLessThan(40)
  })

  test('does not disturb a reader, and leaves one file', () =>
    live([
      async runtime => {
        const engine = await open(runtime)
        for (let at = 1; at <= 3; at++) {
          for (let key = 0; key < 50; key++) await engine.apply([insert({ key: `k${key}`, value: `${at}`, at })])
          await engine.flush()
        }
        const compacted = engine.compact(TABLE)
        let isOver = false
        void compacted.then(() => (isOver = true))
        for (let key = 0; !isOver; key = (key + 1) % 50) expect(await valueOf(engine, `k${key}`)).toBe('3')
        expect(await files(runtime)).toBe(1)
      },
    ]))
})

function tokenOfText(key: string): Token {
  return tokenOf(Buffer.from(key))
}
