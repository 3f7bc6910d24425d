// What replicas that missed something owe their readers, and how they get it.

import { expect, test } from 'vitest'
import { LEVEL, get, makeNotes, outcomeOf, put } from './notes.ts'
import { cassandraWorld } from './cassandra-world.ts'
import { until } from '../client-programs.ts'
import type { CassandraWorld } from './cassandra-world.ts'

/** Only between the nodes: clients reach all of them. */
function isolate(world: CassandraWorld, index: number): void {
  const lonely = world.stores[index]
  world.simulation.fabric.rules.add('isolated', ({ from, to, ports }) =>
    (from === lonely || to === lonely) && ports.server === 7000 ? { kind: 'drop' } : { kind: 'pass' },
  )
}

const NO_HINTS = { hintWindowMs: -1 }

test('a replica that missed a write answers with what it has, a quorum with the newest', async () => {
  const world = cassandraWorld('stale', { settings: NO_HINTS })
  world.client('client', async process => {
    await until(process, 'whole', () => world.isWhole())
    const [near, far] = [await process.connect({ through: [0] }), await process.connect({ through: [2] })]
    await makeNotes(near)
    await put(near, { id: 1, text: 'old', at: 1 }, LEVEL.all)
    isolate(world, 2)
    await process.runtime.clock.sleep(40_000)
    await put(near, { id: 1, text: 'new', at: 2 }, LEVEL.quorum)
    expect(await get(far, 1, LEVEL.one)).toEqual(['old'])
    expect(await outcomeOf(get(far, 1, LEVEL.quorum))).toBe('unavailable')
    world.simulation.fabric.rules.remove('isolated')
    await until(process, 'whole again', () => world.isWhole(), 300)
    expect(await get(far, 1, LEVEL.localOne)).toEqual(['old'])
    expect(await get(far, 1, LEVEL.quorum)).toEqual(['new'])
    // The reading quorum has repaired what it read.
    expect(await get(far, 1, LEVEL.localOne)).toEqual(['new'])
  })
  await world.run()
})

test('the larger timestamp wins, whichever write came last', async () => {
  const world = cassandraWorld('timestamps')
  world.client('client', async process => {
    await until(process, 'whole', () => world.isWhole())
    const client = await process.connect()
    await makeNotes(client)
    await put(client, { id: 1, text: 'later', at: 100 }, LEVEL.quorum)
    await put(client, { id: 1, text: 'sooner', at: 50 }, LEVEL.quorum)
    expect(await get(client, 1, LEVEL.quorum)).toEqual(['later'])
    await client.execute('DELETE FROM ks.notes USING TIMESTAMP 99 WHERE id = 1', [], { prepare: false })
    expect(await get(client, 1, LEVEL.quorum)).toEqual(['later'])
    await client.execute('DELETE FROM ks.notes USING TIMESTAMP 100 WHERE id = 1', [], { prepare: false })
    expect(await get(client, 1, LEVEL.quorum)).toEqual([])
    await put(client, { id: 1, text: 'too late', at: 100 }, LEVEL.quorum)
    expect(await get(client, 1, LEVEL.quorum)).toEqual([])
  })
  await world.run()
})

test('a write that timed out is not undone, and a read may spread it later', async () => {
  const world = cassandraWorld('timed-out', { settings: { ...NO_HINTS, phiConvictThreshold: 1000 } })
  world.client('client', async process => {
    await until(process, 'whole', () => world.isWhole())
    const client = await process.connect({ through: [0] })
    await makeNotes(client)
    isolate(world, 0)
    expect(await outcomeOf(put(client, { id: 1, text: 'unsure' }, LEVEL.quorum))).toBe('write timeout')
    world.simulation.fabric.rules.remove('isolated')
    await process.runtime.clock.sleep(60_000)
    expect(await get(client, 1, LEVEL.all)).toEqual(['unsure'])
  })
  await world.run()
})

test('a replica that was down gets what it missed from hints, and no read is needed', async () => {
  const world = cassandraWorld('hints')
  world.client('client', async process => {
    await until(process, 'whole', () => world.isWhole())
    const [near, far] = [await process.connect({ through: [0] }), await process.connect({ through: [0, 2] })]
    await makeNotes(near)
    world.stores[2]!.crash()
    // Some before and some after the others have noticed.
    for (let id = 0; id < 100; id++) {
      await put(near, { id, text: `note ${id}` }, LEVEL.quorum)
      await process.runtime.clock.sleep(500)
    }
    expect(world.isWhole()).toBe(false)
    world.stores[2]!.restart()
    await until(process, 'whole again', () => world.isWhole(), 300)
    world.stores[0]!.crash()
    world.stores[1]!.crash()
    const alone = await process.connect({ through: [2] })
    for (let id = 0; id < 100; id++) expect(await get(alone, id, LEVEL.one)).toEqual([`note ${id}`])
    void far
  })
  await world.run()
})

test('hints survive the crash and the power loss of the coordinator that keeps them', async () => {
  const world = cassandraWorld('kept-hints')
  world.client('client', async process => {
    await until(process, 'whole', () => world.isWhole())
    const near = await process.connect({ through: [0] })
    await makeNotes(near)
    world.stores[2]!.powerLoss()
    await process.runtime.clock.sleep(40_000)
    for (let id = 0; id < 20; id++) await put(near, { id, text: `note ${id}` }, LEVEL.quorum)
    await process.runtime.clock.sleep(1_000)
    world.stores[0]!.crash()
    world.stores[0]!.restart()
    await process.runtime.clock.sleep(5_000)
    world.stores[0]!.powerLoss()
    world.stores[0]!.restart()
    world.stores[2]!.restart()
    await until(process, 'whole again', () => world.isWhole(), 300)
    world.stores[0]!.crash()
    world.stores[1]!.crash()
    const alone = await process.connect({ through: [2] })
    for (let id = 0; id < 20; id++) expect(await get(alone, id, LEVEL.one)).toEqual([`note ${id}`])
  })
  await world.run()
})
