// What the product itself does with its store: its own session, schema and statements, against three nodes.

import { expect, test } from 'vitest'
import type { SegmentRow } from '../../../system/store/segment.ts'
import { CONFIGURATION, cassandraWorld } from './cassandra-world.ts'
import { until } from '../client-programs.ts'

test('the product makes its schema and reads back what it wrote', async () => {
  const world = cassandraWorld('product')
  let segments: readonly SegmentRow[] = []
  world.client('admin', async process => {
    await until(process, 'whole', () => world.isWhole())
    const { openSession } = process.load<typeof import('../../../system/store/session.ts')>('system/store/session.ts')
    const { migrateSchema } = process.load<typeof import('../../../system/store/schema.ts')>('system/store/schema.ts')
    const { cassandraStore } = process.load<typeof import('../../../system/store/cassandra-store.ts')>(
      'system/store/cassandra-store.ts',
    )
    const session = await openSession(process.runtime, CONFIGURATION)
    await migrateSchema(process.runtime, session.client, CONFIGURATION)
    await migrateSchema(process.runtime, session.client, CONFIGURATION)
    const store = cassandraStore(session.client, CONFIGURATION)
    const id = '0123456789abcdef0123456789abcdef'
    await store.writeBlock({ id, pieces: [Buffer.from('head'), Buffer.alloc(300_000, 7)] }, 1000)
    const pieces = await store.readPieces(id, [0, 1], 'local-one')
    expect(Buffer.from(pieces.get(0)!).toString()).toBe('head')
    expect(pieces.get(1)).toEqual(Buffer.alloc(300_000, 7))
    expect((await store.readPieces(id, 'all', 'quorum')).size).toBe(2)
    const key = { project: 'p', collection: 'c', month: 7, log: 1, partition: 3 }
    await store.writeCatalog(key, 5)
    expect(await store.readCatalog(key)).toEqual([key])
    await store.writeSegment(key, { start: 0, end: 10, id, level: 0, blocks: [], folded: [], atMicros: 77 } as never)
    segments = await store.readSegments(key, () => undefined)
    await session.close()
  })
  await world.run()
  expect(segments).toHaveLength(1)
  expect(segments[0]).toMatchObject({ start: 0, end: 10 })
})
