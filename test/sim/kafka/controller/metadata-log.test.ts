import { expect, test } from 'vitest'
import { openMetadataLog } from '../../../../sim/kafka/controller/metadata-log.ts'
import type { MetadataRecord } from '../../../../sim/kafka/metadata/metadata-record.ts'
import { MemoryDisk } from '../memory-disk.ts'

const RECORDS: readonly MetadataRecord[] = [
  { kind: 'broker', id: 1, epoch: 0, incarnation: 'abc', host: 'h', port: 9092, rack: null },
  { kind: 'broker', id: 2, epoch: 2 ** 40, incarnation: 'def', host: 'h2', port: 9093, rack: 'r' },
  { kind: 'fence', id: 1, epoch: 0, isFenced: false },
  { kind: 'topic', topic: 't', configs: [{ name: 'min.insync.replicas', value: '2' }] },
  {
    kind: 'partition',
    topic: 't',
    partition: 3,
    replicas: [1, 2],
    isr: [2],
    leader: -1,
    leaderEpoch: 4,
    partitionEpoch: 9,
  },
  { kind: 'producer-ids', nextId: 3_000 },
]

test('every kind of record is found again as it was written', async () => {
  const disk = new MemoryDisk()
  const { log } = await openMetadataLog(disk)
  await log.append(RECORDS.slice(0, 2))
  await log.append(RECORDS.slice(2))
  const again = await openMetadataLog(disk)
  expect(again.records).toEqual(RECORDS)
})

test('a torn end is cut off, and the log goes on before it', async () => {
  const disk = new MemoryDisk()
  const { log } = await openMetadataLog(disk)
  await log.append(RECORDS)
  const [[path, bytes] = ['', Buffer.alloc(0)]] = disk.files
  disk.files.set(path, bytes.subarray(0, bytes.length - 2))
  const again = await openMetadataLog(disk)
  expect(again.records).toEqual(RECORDS.slice(0, -1))
  await again.log.append(RECORDS.slice(-1))
  expect((await openMetadataLog(disk)).records).toEqual(RECORDS)
})
