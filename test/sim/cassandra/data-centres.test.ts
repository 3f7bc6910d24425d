// Two data centres, and the way between them cut.

import { expect, test } from 'vitest'
import type { CassandraCluster } from '../../../sim/cassandra/cluster.ts'
import { cassandraWorld } from './cassandra-world.ts'
import { until } from '../client-programs.ts'
import { LEVEL, get, outcomeOf, put } from './notes.ts'

const CLUSTER: CassandraCluster = {
  name: 'two data centres',
  nativePort: 9042,
  storagePort: 7000,
  nodes: [0, 1, 2, 3, 4, 5].map(index => ({
    ...{ host: `store-${index + 1}`, address: `10.0.0.${index + 1}`, rack: `rack${index % 3}` },
    dataCentre: index < 3 ? 'dc1' : 'dc2',
    tokens: [String(BigInt(index - 3) * 3n * 10n ** 18n)],
  })),
}

test('a data centre goes on alone at local levels, and the other gets all when the way is open again', async () => {
  const world = cassandraWorld('dc-cut', { cluster: CLUSTER, virtualSeconds: 2_000 })
  const far = new Set(world.stores.slice(3))
  world.client('client', async process => {
    await until(process, 'whole', () => world.isWhole())
    const client = await process.connect({ through: [0, 1, 2] })
    const replication = "{'class': 'NetworkTopologyStrategy', 'dc1': 3, 'dc2': 3}"
    await client.execute(`CREATE KEYSPACE ks WITH replication = ${replication}`, [], { prepare: false })
    await client.execute('CREATE TABLE ks.notes (id int, line int, text text, PRIMARY KEY (id, line))', [], {
      prepare: false,
    })
    await until(process, 'agreed', () => world.isWhole())
    expect(await outcomeOf(put(client, { id: 1, text: 'everywhere' }, LEVEL.eachQuorum))).toBe('ok')
    world.simulation.fabric.rules.add('cut', ({ from, to }) =>
      far.has(from) === far.has(to) || to.name === 'client' || from.name === 'client'
        ? { kind: 'pass' }
        : { kind: 'drop' },
    )
    expect(await outcomeOf(put(client, { id: 2, text: 'not yet' }, LEVEL.eachQuorum))).toBe('write timeout')
    await process.runtime.clock.sleep(60_000)
    expect(await outcomeOf(put(client, { id: 2, text: 'known' }, LEVEL.eachQuorum))).toBe('unavailable')
    expect(await outcomeOf(put(client, { id: 2, text: 'known' }, LEVEL.quorum))).toBe('unavailable')
    for (let id = 3; id < 30; id++) await put(client, { id, text: `note ${id}` }, LEVEL.localQuorum)
    expect(await get(client, 3, LEVEL.localQuorum)).toEqual(['note 3'])
    world.simulation.fabric.rules.remove('cut')
    await until(process, 'whole again', () => world.isWhole(), 600)
    for (const host of world.stores.slice(0, 3)) host.crash()
    const there = await process.connect({ through: [3, 4, 5], dataCentre: 'dc2' })
    for (let id = 3; id < 30; id++) expect(await get(there, id, LEVEL.one)).toEqual([`note ${id}`])
  })
  await world.run()
})
