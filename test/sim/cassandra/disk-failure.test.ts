// A node whose disk fails is no replica any more, and says so; the others go on.

import { expect, test } from 'vitest'
import { cassandraWorld } from './cassandra-world.ts'
import { until } from '../client-programs.ts'
import { LEVEL, get, makeNotes, outcomeOf, put } from './notes.ts'
import { failingDisk } from './storage/failing-disk.ts'
import type { FailingDisk } from './storage/failing-disk.ts'

test('a node whose disk fails stops to serve, and has all when it comes back with a sound one', async () => {
  const disks = new Map<number, FailingDisk>()
  const world = cassandraWorld('disk-failure', {
    diskOf(index, disk) {
      const failing = failingDisk(disk)
      disks.set(index, failing)
      return failing
    },
  })
  world.client('client', async process => {
    await until(process, 'whole', () => world.isWhole())
    const client = await process.connect({ through: [0, 1] })
    await makeNotes(client)
    await until(process, 'agreed', () => world.isWhole())
    disks.get(2)!.fail('append', 'sync')
    for (let id = 0; id < 20; id++)
      expect(await outcomeOf(put(client, { id, text: `note ${id}` }, LEVEL.quorum))).toBe('ok')
    expect(world.node(2)!.isWhole()).toBe(false)
    await expect(process.runtime.network.connect({ host: '10.0.0.3', port: 9042 })).rejects.toThrow('ECONNREFUSED')
    await process.runtime.clock.sleep(40_000)
    expect(await outcomeOf(put(client, { id: 1, text: '' }, LEVEL.all))).toBe('unavailable')
    expect(world.simulation.world.deaths).toEqual([])
    world.stores[2]!.crash()
    world.stores[2]!.restart()
    await until(process, 'whole again', () => world.isWhole(), 300)
    const there = await process.connect({ through: [2] })
    for (let id = 2; id < 20; id++) expect(await get(there, id, LEVEL.one)).toEqual([`note ${id}`])
  })
  await world.run()
})

test('a coordinator that cannot write its hints answers its clients all the same', async () => {
  const disks = new Map<number, FailingDisk>()
  const world = cassandraWorld('no-hints', {
    diskOf(index, disk) {
      const failing = failingDisk(disk)
      disks.set(index, failing)
      return failing
    },
  })
  world.client('client', async process => {
    await until(process, 'whole', () => world.isWhole())
    const client = await process.connect({ through: [0] })
    await makeNotes(client)
    world.stores[2]!.crash()
    await process.runtime.clock.sleep(40_000)
    disks.get(0)!.fail('open')
    expect(await outcomeOf(put(client, { id: 1, text: 'kept by two' }, LEVEL.quorum))).toBe('ok')
    expect(await get(client, 1, LEVEL.quorum)).toEqual(['kept by two'])
    expect(world.simulation.world.logs.lines.filter(({ message }) => message === 'hint lost')).toHaveLength(1)
  })
  await world.run()
  expect(world.simulation.world.deaths).toEqual([])
})
