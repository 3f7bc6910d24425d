import { expect, test } from 'vitest'
import { PartitionLog } from '../../../../sim/kafka/log/partition-log.ts'
import { RecentBytes } from '../../../../sim/kafka/log/recent-bytes.ts'
import { readBatchHeader, stampPosition } from '../../../../sim/kafka/log/record-batch.ts'
import { buildBatch, readRecords } from '../../../../sim/kafka/log/records.ts'
import { MemoryDisk } from '../memory-disk.ts'

const DIRECTORY = 'kafka/logs/events-0'

function openLog(disk: MemoryDisk, options: { recentBytesMax?: number; segmentBytesMax?: number } = {}): PartitionLog {
  const recent = new RecentBytes(options.recentBytesMax ?? 1_000_000)
  const log = new PartitionLog({ disk, recent }, { directory: DIRECTORY, flushIntervalAppends: Infinity })
  log.segmentBytesMax = options.segmentBytesMax ?? 1_000_000
  return log
}

async function append(log: PartitionLog, values: readonly string[], leaderEpoch = 0): Promise<void> {
  const records = values.map(value => ({ key: Buffer.from('k'), value: Buffer.from(value) }))
  const batch = buildBatch(records, 1_000 + log.nextOffset)
  stampPosition(batch, log.nextOffset, leaderEpoch)
  await log.append(batch)
}

async function valuesFrom(log: PartitionLog, offset: number, bytesMax = 1_000_000): Promise<string[]> {
  const batches = await log.read(offset, { untilOffset: log.endOffset, bytesMax })
  return batches.flatMap(batch => readRecords(batch).map(({ value }) => value?.toString() ?? ''))
}

test('batches are read from the one that holds the offset, as many as fit, and one at least', async () => {
  const log = openLog(new MemoryDisk())
  await append(log, ['a', 'b', 'c'])
  await append(log, ['d'])
  await append(log, ['e', 'f'])
  expect(log.endOffset).toBe(6)
  expect(await valuesFrom(log, 1)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  expect(await valuesFrom(log, 3, 1)).toEqual(['d'])
  expect(await valuesFrom(log, 6)).toEqual([])
  expect(log.sizeFrom(3, { untilOffset: 6, bytesMax: 1_000_000 })).toBeGreaterThan(0)
  expect(log.sizeFrom(6, { untilOffset: 6, bytesMax: 1 })).toBe(0)
})

test('what is no longer in memory is read from the disk', async () => {
  const log = openLog(new MemoryDisk(), { recentBytesMax: 100 })
  for (const value of ['a', 'b', 'c', 'd']) await append(log, [value])
  expect(log.read(0, { untilOffset: 4, bytesMax: 1_000_000 })).toBeInstanceOf(Promise)
  expect(await valuesFrom(log, 0)).toEqual(['a', 'b', 'c', 'd'])
})

test('another process finds what was appended, over several segments, with its epochs and producers', async () => {
  const disk = new MemoryDisk()
  const log = openLog(disk, { segmentBytesMax: 200 })
  for (let n = 0; n < 10; n++) await append(log, [`v${n}`], n < 5 ? 1 : 4)
  expect(disk.files.size).toBeGreaterThan(2)
  const again = openLog(disk, { segmentBytesMax: 200 })
  expect(await again.recover([...disk.files.keys()])).toBe(0)
  expect(again.endOffset).toBe(10)
  expect(again.epochs.entries).toEqual(log.epochs.entries)
  expect(await valuesFrom(again, 0)).toEqual(await valuesFrom(log, 0))
  await append(again, ['next'], 4)
  expect(await valuesFrom(again, 9)).toEqual(['v9', 'next'])
})

test.each([
  { damage: 'torn', at: (bytes: Buffer) => bytes.subarray(0, bytes.length - 3) },
  { damage: 'flipped', at: (bytes: Buffer) => flipped(bytes, bytes.length - 3) },
  { damage: 'filled with zeros', at: (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -20), Buffer.alloc(20)]) },
])('a recovery keeps all before the batch that is $damage, and the log goes on there', async ({ at }) => {
  const disk = new MemoryDisk()
  const log = openLog(disk)
  for (const value of ['a', 'b', 'c']) await append(log, [value])
  const [[path, bytes] = ['', Buffer.alloc(0)]] = disk.files
  disk.files.set(path, at(bytes))
  const again = openLog(disk)
  expect(await again.recover([path])).toBeGreaterThan(0)
  expect(await valuesFrom(again, 0)).toEqual(['a', 'b'])
  await append(again, ['d'])
  const third = openLog(disk)
  expect(await third.recover([path])).toBe(0)
  expect(await valuesFrom(third, 0)).toEqual(['a', 'b', 'd'])
})

test('segments after a damaged one go too', async () => {
  const disk = new MemoryDisk()
  const log = openLog(disk, { segmentBytesMax: 100 })
  for (const value of ['a', 'b', 'c']) await append(log, [value])
  const paths = [...disk.files.keys()]
  const second = disk.files.get(paths[1] ?? '') ?? Buffer.alloc(0)
  disk.files.set(paths[1] ?? '', flipped(second, 65))
  const again = openLog(disk)
  await again.recover(paths)
  expect(again.endOffset).toBe(1)
  expect([...disk.files.keys()]).toEqual(paths.slice(0, 2))
})

test('a truncation removes whole batches, their epochs, and what they said of producers', async () => {
  const disk = new MemoryDisk()
  const log = openLog(disk, { segmentBytesMax: 200 })
  await append(log, ['a', 'b'], 1)
  await append(log, ['c', 'd'], 2)
  await append(log, ['e'], 3)
  await log.truncateTo(3)
  expect(log.endOffset).toBe(2)
  expect(log.epochs.latest).toBe(1)
  await append(log, ['x'], 5)
  expect(await valuesFrom(log, 0)).toEqual(['a', 'b', 'x'])
  const again = openLog(disk)
  await again.recover([...disk.files.keys()])
  expect(await valuesFrom(again, 0)).toEqual(['a', 'b', 'x'])
})

test('a segment may begin where one is still being removed', async () => {
  const disk = new MemoryDisk()
  const log = openLog(disk, { segmentBytesMax: 100 })
  for (const value of ['a', 'b', 'c', 'd']) await append(log, [value])
  const truncated = log.truncateTo(1)
  const appended = append(log, ['x'])
  await Promise.all([truncated, appended])
  await append(log, ['y'])
  expect(await valuesFrom(log, 0)).toEqual(['a', 'x', 'y'])
  const again = openLog(disk)
  expect(await again.recover([...disk.files.keys()])).toBe(0)
  expect(await valuesFrom(again, 0)).toEqual(['a', 'x', 'y'])
})

test('appends that are under way become readable in their order, when the file has them', async () => {
  const disk = new MemoryDisk()
  const log = openLog(disk)
  const first = append(log, ['a'])
  const second = append(log, ['b'])
  expect(log.nextOffset).toBe(2)
  expect(log.endOffset).toBe(0)
  await expect(log.truncateTo(0)).rejects.toThrow('being written')
  await Promise.all([first, second])
  expect(log.endOffset).toBe(2)
})

test('the offset of a time is that of the first batch that reaches it', async () => {
  const log = openLog(new MemoryDisk())
  for (const value of ['a', 'b', 'c']) await append(log, [value])
  expect(log.offsetAtTime(1_001)).toEqual({ offset: 1, timestamp: 1_001 })
  expect(log.offsetAtTime(9_999)).toBeUndefined()
})

test('a batch says of itself what was written into it', () => {
  const batch = buildBatch([{ key: Buffer.from('k'), value: null }], 5)
  stampPosition(batch, 2 ** 40, 7)
  expect(readBatchHeader(batch)).toMatchObject({ baseOffset: 2 ** 40, leaderEpoch: 7, recordCount: 1, maxTimestamp: 5 })
  expect(readRecords(batch)).toEqual([{ offset: 2 ** 40, key: Buffer.from('k'), value: null }])
})

function flipped(bytes: Buffer, position: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[position] = (copy[position] ?? 0) ^ 0x10
  return copy
}
