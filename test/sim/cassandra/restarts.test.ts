// What a node has after it was down: its own data as far as they were durable, the others' schema, and new prepared ids.

import { expect, test } from 'vitest'
import { LEVEL, get, makeNotes, put } from './notes.ts'
import { cassandraWorld } from './cassandra-world.ts'
import { until } from '../client-programs.ts'

test.each([
  { sync: 'batch', kept: true },
  { sync: 'group', kept: true },
  { sync: 'periodic', kept: false },
] as const)(
  'with $sync sync an acknowledged write survives a power loss of all nodes: $kept',
  async ({ sync, kept }) => {
    const world = cassandraWorld(`power-${sync}`, { settings: { commitLogSync: sync } })
    world.client('client', async process => {
      await until(process, 'whole', () => world.isWhole())
      const client = await process.connect()
      await makeNotes(client)
      for (let id = 0; id < 200; id++) await put(client, { id, text: `note ${id}` }, LEVEL.quorum)
      for (const host of world.stores) host.powerLoss()
      for (const host of world.stores) host.restart()
      await until(process, 'whole again', () => world.isWhole())
      const again = await process.connect()
      let found = 0
      for (let id = 0; id < 200; id++) found += (await get(again, id, LEVEL.quorum)).length
      if (kept) expect(found).toBe(200)
      else expect(found).toBeLessThan(200)
    })
    await world.run()
  },
)

test('a crash of all processes takes nothing that was acknowledged, whatever the sync', async () => {
  const world = cassandraWorld('crash-periodic', { settings: { commitLogSync: 'periodic' } })
  world.client('client', async process => {
    await until(process, 'whole', () => world.isWhole())
    const client = await process.connect()
    await makeNotes(client)
    for (let id = 0; id < 100; id++) await put(client, { id, text: `note ${id}` }, LEVEL.quorum)
    for (const host of world.stores) host.crash()
    for (const host of world.stores) host.restart()
    await until(process, 'whole again', () => world.isWhole())
    const again = await process.connect()
    for (let id = 0; id < 100; id++) expect(await get(again, id, LEVEL.quorum)).toEqual([`note ${id}`])
  })
  await world.run()
})

test('a client that holds old prepared ids goes on after every node was restarted', async () => {
  const world = cassandraWorld('unprepared')
  world.client('client', async process => {
    await until(process, 'whole', () => world.isWhole())
    const client = await process.connect()
    await makeNotes(client)
    await put(client, { id: 1, text: 'before' }, LEVEL.quorum)
    for (const host of world.stores) {
      host.crash()
      host.restart()
      await until(process, 'whole again', () => world.isWhole())
    }
    await process.runtime.clock.sleep(20_000)
    await put(client, { id: 1, line: 1, text: 'after' }, LEVEL.quorum)
    expect(await get(client, 1, LEVEL.quorum)).toEqual(['before', 'after'])
  })
  await world.run()
})

test('a node that was down when a table was made knows it when it is back, and one that was dropped is gone', async () => {
  const world = cassandraWorld('schema')
  world.client('client', async process => {
    await until(process, 'whole', () => world.isWhole())
    const client = await process.connect({ through: [0] })
    await makeNotes(client)
    await client.execute('CREATE TABLE ks.old (k int PRIMARY KEY)', [], { prepare: false })
    await client.execute('INSERT INTO ks.old (k) VALUES (1)', [], { prepare: false })
    world.stores[2]!.crash()
    await process.runtime.clock.sleep(30_000)
    await client.execute('CREATE TABLE ks.new (k int PRIMARY KEY)', [], { prepare: false })
    await client.execute('DROP TABLE ks.old', [], { prepare: false })
    await client.execute('CREATE TABLE ks.old (k int PRIMARY KEY)', [], { prepare: false })
    await client.execute('INSERT INTO ks.new (k) VALUES (1)', [], { prepare: false })
    world.stores[2]!.restart()
    await until(process, 'whole again', () => world.isWhole())
    const other = await process.connect({ through: [2] })
    const count = async (table: string): Promise<string> => {
      const { rows } = await other.execute(`SELECT count(*) FROM ks.${table}`, [], {
        prepare: false,
        consistency: LEVEL.one,
      })
      return String(rows[0]!['count'])
    }
    expect(await count('new')).toBe('1')
    // A table of the same name is another table: what the old one held does not come back.
    expect(await count('old')).toBe('0')
    const agreement = other.metadata as unknown as { checkSchemaAgreement(): Promise<boolean> }
    expect(await agreement.checkSchemaAgreement()).toBe(true)
  })
  await world.run()
})

test('tables that two coordinators make at once are on every node', async () => {
  const world = cassandraWorld('two-at-once')
  world.client('client', async process => {
    await until(process, 'whole', () => world.isWhole())
    const [one, two] = [await process.connect({ through: [0] }), await process.connect({ through: [1] })]
    await makeNotes(one)
    await until(process, 'agreed', () => world.isWhole())
    await Promise.all([
      one.execute('CREATE TABLE ks.a (k int PRIMARY KEY)', [], { prepare: false }),
      two.execute('CREATE TABLE ks.b (k int PRIMARY KEY)', [], { prepare: false }),
    ])
    await until(process, 'agreed again', () => world.isWhole())
    const three = await process.connect({ through: [2] })
    const { rows } = await three.execute("SELECT table_name FROM system_schema.tables WHERE keyspace_name = 'ks'", [], {
      prepare: false,
    })
    expect(rows.map(row => String(row['table_name']))).toEqual(['a', 'b', 'notes'])
  })
  await world.run()
})

test('what a table held is gone everywhere after TRUNCATE, which needs every node', async () => {
  const world = cassandraWorld('truncate')
  world.client('client', async process => {
    await until(process, 'whole', () => world.isWhole())
    const client = await process.connect({ through: [0] })
    await makeNotes(client)
    await put(client, { id: 1, text: 'gone soon' }, LEVEL.all)
    await client.execute('TRUNCATE ks.notes', [], { prepare: false })
    expect(await get(client, 1, LEVEL.all)).toEqual([])
    world.stores[1]!.crash()
    await process.runtime.clock.sleep(40_000)
    await expect(client.execute('TRUNCATE ks.notes', [], { prepare: false })).rejects.toThrow('Not enough replicas')
  })
  await world.run()
})
