import { describe, expect, test } from 'vitest'
import type { Disk } from '../../../../system/runtime/disk.ts'
import { openRecordLog, readWholeRecordLog } from '../../../../sim/cassandra/storage/record-log.ts'
import type { RecordBody } from '../../../../sim/cassandra/storage/record-log.ts'
import { live } from './lives.ts'

const PATH = 'hints/one.log'
const DAMAGED = expect.objectContaining({ name: 'StorageError', code: 'corrupt' }) as Error

describe('a record log', () => {
  test('has after a crash what was appended, and after a power loss what was synced', () =>
    live([
      async ({ disk }) => {
        const { log } = await openRecordLog(disk, PATH)
        await log.append([text('one'), text('two')])
        return 'crash'
      },
      async ({ disk }) => {
        const { log, records } = await openRecordLog(disk, PATH)
        expect(records.map(String)).toEqual(['one', 'two'])
        await log.append([text('three')])
        await log.sync()
        return 'power-loss'
      },
      async ({ disk }) => {
        const { records } = await openRecordLog(disk, PATH)
        expect(records.map(String)).toEqual(['one', 'two', 'three'])
      },
    ]))

  test('makes durable what it finds, as someone will act on it', () =>
    live([
      async ({ disk }) => {
        const { log } = await openRecordLog(disk, PATH)
        await log.append([text('one')])
        return 'crash'
      },
      async ({ disk }) => {
        await openRecordLog(disk, PATH)
        return 'power-loss'
      },
      async ({ disk }) => {
        expect((await openRecordLog(disk, PATH)).records.map(String)).toEqual(['one'])
      },
    ]))

  test.each(Array.from({ length: 20 }, (_, index) => String(index)))(
    'is cut where a power loss tore it, and goes on from there (seed %s)',
    seed =>
      live(
        [
          async ({ disk }) => {
            const { log } = await openRecordLog(disk, PATH)
            await log.append([text('synced')])
            await log.sync()
            await log.append([text('perhaps'), text('half')])
            await log.append([text('later')])
            return 'power-loss'
          },
          async ({ disk }) => {
            const { log, records } = await openRecordLog(disk, PATH)
            expect(['synced', 'perhaps', 'half', 'later'].slice(0, records.length)).toEqual(records.map(String))
            expect(records.length).toBeGreaterThan(0)
            await log.append([text('after')])
            await log.sync()
            return 'crash'
          },
          async ({ disk }) => {
            expect(String((await openRecordLog(disk, PATH)).records.at(-1))).toBe('after')
          },
        ],
        { seed },
      ),
  )

  test('with a changed bit in what was durable is refused, not cut', () =>
    live([
      async ({ disk }) => {
        await writeThree(disk)
        for (const position of [0, 5, 9, 13, 17]) {
          await flip(disk, position)
          await expect(openRecordLog(disk, PATH)).rejects.toThrow(DAMAGED)
          await flip(disk, position)
        }
        expect((await openRecordLog(disk, PATH)).records).toHaveLength(3)
      },
    ]))

  test('that was closed has no torn end: what is damaged there was durable', () =>
    live([
      async ({ disk }) => {
        const size = await writeThree(disk)
        expect((await readWholeRecordLog(disk, PATH)).map(String)).toEqual(['one', 'two', 'three'])
        await flip(disk, size - 1)
        await expect(readWholeRecordLog(disk, PATH)).rejects.toThrow(DAMAGED)
      },
    ]))

  test('does not ask the disk to sync what is durable already', () =>
    live([
      async ({ disk }, { host: { world } }) => {
        const { log } = await openRecordLog(disk, PATH)
        await log.append([text('one')])
        await log.sync()
        const entries = world.entries
        await log.sync()
        expect(world.entries).toBe(entries)
      },
    ]))
})

const text =
  (body: string): RecordBody =>
  writer =>
    void writer.raw(Buffer.from(body))

async function writeThree(disk: Disk): Promise<number> {
  const { log } = await openRecordLog(disk, PATH)
  for (const body of ['one', 'two', 'three']) {
    await log.append([text(body)])
    await log.sync()
  }
  return log.size
}

async function flip(disk: Disk, position: number): Promise<void> {
  const file = await disk.open(PATH)
  const [byte = 0] = await file.read(position, 1)
  await file.writeAt(position, Uint8Array.of(byte ^ 1))
  await file.close()
}
