// What the engine does when the disk does not do what it should: `disk_failure_policy: stop`, and checksums.

import { describe, expect, test } from 'vitest'
import type { Runtime } from '../../../../system/runtime/runtime.ts'
import type { StorageEngine, StorageOptions } from '../../../../sim/cassandra/storage/storage-engine.ts'
import { openStorage } from '../../../../sim/cassandra/storage/storage-engine.ts'
import { failingDisk } from './failing-disk.ts'
import type { FailingDisk, Operation } from './failing-disk.ts'
import { live } from './lives.ts'
import { TABLE, insert, valueOf } from './writes.ts'

const OPTIONS = { directory: 'cassandra', commitLogSync: 'batch' as const }
const MODES = ['periodic', 'batch', 'group'] as const

interface Stage {
  readonly engine: StorageEngine
  readonly disk: FailingDisk
  readonly failures: string[]
}

async function open(runtime: Runtime, options: Partial<StorageOptions> = {}): Promise<Stage> {
  const disk = failingDisk(runtime.disk)
  const failures: string[] = []
  const onFailure = (error: Error): void => void failures.push(error.message)
  const engine = await openStorage({ ...runtime, disk }, { ...OPTIONS, onFailure, ...options })
  return { engine, disk, failures }
}

const cases = MODES.flatMap(mode => [
  ['append', mode] as const,
  ...(mode === 'periodic' ? [] : [['sync', mode] as const]),
])

test.each(cases)(
  'a failed %s of the commit log (%s) refuses that write and all later ones',
  (operation, commitLogSync) =>
    live([
      async runtime => {
        const { engine, disk, failures } = await open(runtime, { commitLogSync })
        await engine.apply([insert({ key: 'k', value: 'before', at: 1 })])
        disk.fail(operation)
        const writes = [2, 3, 4].map(at => engine.apply([insert({ key: 'k', value: 'failed', at })]))
        for (const write of writes) await expect(write).rejects.toMatchObject({ code: 'disk-failed' })
        await expect(engine.apply([insert({ key: 'k', value: 'after', at: 5 })])).rejects.toMatchObject({
          name: 'StorageError',
          code: 'disk-failed',
        })
        expect(failures).toHaveLength(1)
        expect(await valueOf(engine, 'k')).toBe('before')
        await engine.stop()
      },
    ]),
)

test('periodic: a failed sync, later, refuses what comes after it', () =>
  live([
    async runtime => {
      const { engine, disk, failures } = await open(runtime, { commitLogSync: 'periodic', commitLogSyncPeriodMs: 100 })
      disk.fail('sync')
      await engine.apply([insert({ key: 'k', value: 'v', at: 1 })])
      await runtime.clock.sleep(150)
      expect(failures).toHaveLength(1)
      await expect(engine.apply([insert({ key: 'k', value: 'w', at: 2 })])).rejects.toMatchObject({
        code: 'disk-failed',
      })
    },
  ]))

test.each<Operation>(['append', 'sync', 'rename', 'remove', 'open'])(
  'a flush in which the disk fails to %s fails, nobody loses sight of anything, and it is there after a restart',
  operation =>
    live([
      async runtime => {
        const { engine, disk, failures } = await open(runtime)
        await engine.apply([insert({ key: 'k', value: 'v', at: 1 })])
        disk.fail(operation)
        await expect(engine.flush()).rejects.toMatchObject({ code: 'disk-failed' })
        expect(failures).toHaveLength(1)
        expect(await valueOf(engine, 'k')).toBe('v')
        return 'power-loss'
      },
      async runtime => {
        expect(await valueOf(await openStorage(runtime, OPTIONS), 'k')).toBe('v')
      },
    ]),
)

test('a failed read fails the node', () =>
  live([
    async runtime => {
      const { engine, disk, failures } = await open(runtime)
      await engine.apply([insert({ key: 'k', value: 'v', at: 1 })])
      await engine.flush()
      disk.fail('read')
      await expect(engine.read(TABLE, Buffer.from('k'))).rejects.toMatchObject({ code: 'disk-failed' })
      expect(failures).toHaveLength(1)
    },
  ]))

test('a full disk refuses writes; what was acknowledged is there when there is room again', () =>
  live(
    [
      async runtime => {
        const { engine, failures } = await open(runtime)
        let acknowledged = 0
        const write = async (): Promise<void> => {
          for (;;) {
            await engine.apply([insert({ key: `k${acknowledged}`, value: 'x'.repeat(1000), at: 1 })])
            acknowledged++
          }
        }
        await expect(write()).rejects.toMatchObject({
          code: 'disk-failed',
          message: expect.stringContaining('ENOSPC') as string,
        })
        expect(failures).toHaveLength(1)
        expect(acknowledged).toBeGreaterThan(50)
        for (let key = 0; key < acknowledged; key++) expect(await valueOf(engine, `k${key}`)).toHaveLength(1000)
        return 'crash'
      },
      async runtime => {
        const engine = await openStorage(runtime, OPTIONS)
        for (let key = 0; key < 50; key++) expect(await valueOf(engine, `k${key}`)).toHaveLength(1000)
      },
    ],
    { disk: { capacityBytes: 100_000 } },
  ))

test('a mutation larger than half a segment is refused, and harms nothing', () =>
  live([
    async runtime => {
      const { engine } = await open(runtime, { commitLogSegmentBytes: 10_000 })
      await expect(engine.apply([insert({ key: 'k', value: 'x'.repeat(5000), at: 1 })])).rejects.toMatchObject({
        code: 'too-large',
        message: expect.stringMatching(
          /^Mutation of 50\d\d bytes is too large for the maximum size of 5000$/,
        ) as string,
      })
      await engine.apply([insert({ key: 'k', value: 'x'.repeat(4500), at: 1 })])
      expect(await valueOf(engine, 'k')).toHaveLength(4500)
    },
  ]))

describe('a changed bit', () => {
  test('in any byte of a sorted file is an error of who needs it, never another answer', () =>
    live([
      async runtime => {
        const { disk } = runtime
        let engine = await openStorage(runtime, OPTIONS)
        await engine.apply([insert({ key: 'one', value: 'v', at: 1 }), insert({ key: 'two', value: 'w', at: 1 })])
        await engine.flush()
        await engine.stop()
        const [path = ''] = await disk.list('cassandra/data')
        const file = await disk.open(path)
        let refused = 0
        for (let position = 0; position < file.size; position++) {
          const [byte = 0] = await file.read(position, 1)
          await file.writeAt(position, Uint8Array.of(byte ^ 16))
          try {
            engine = await openStorage(runtime, OPTIONS)
            for (const [key, value] of [
              ['one', 'v'],
              ['two', 'w'],
            ] as const) {
              await valueOf(engine, key).then(
                found => expect(found).toBe(value),
                (error: unknown) => {
                  expect(error).toMatchObject({ name: 'StorageError', code: 'corrupt' })
                  refused++
                },
              )
            }
            await engine.stop()
          } catch (error) {
            expect(error).toMatchObject({ name: 'StorageError', code: 'corrupt' })
            refused++
          }
          await file.writeAt(position, Uint8Array.of(byte))
        }
        expect(refused).toBe(file.size)
      },
    ]))

  test('in what the commit log had synced keeps the node from starting', () =>
    live([
      async runtime => {
        const engine = await openStorage(runtime, OPTIONS)
        for (let at = 1; at <= 3; at++) await engine.apply([insert({ key: 'k', value: `${at}`, at })])
        return 'crash'
      },
      async runtime => {
        const [path = ''] = await runtime.disk.list('cassandra/commitlog')
        const file = await runtime.disk.open(path)
        const [byte = 0] = await file.read(30, 1)
        await file.writeAt(30, Uint8Array.of(byte ^ 1))
        await expect(openStorage(runtime, OPTIONS)).rejects.toMatchObject({ name: 'StorageError', code: 'corrupt' })
      },
    ]))
})
