// Every level with zero, one and two of three replicas gone: what the coordinator believes decides between Unavailable and a
// time-out. (ANY is tried without the driver, which takes its number, 0, for no level at all.)

import { expect, test } from 'vitest'
import { LEVEL, get, makeNotes, outcomeOf, put } from './notes.ts'
import { cassandraWorld } from './cassandra-world.ts'
import { until } from '../client-programs.ts'

const LEVELS = ['one', 'localOne', 'two', 'three', 'quorum', 'localQuorum', 'eachQuorum', 'all'] as const

/** The replicas that each level needs of three. */
const NEEDS = { one: 1, localOne: 1, two: 2, three: 3, quorum: 2, localQuorum: 2, eachQuorum: 2, all: 3 }

const expected = (gone: number, otherwise: string): readonly string[] =>
  LEVELS.map(level => `${level}: ${NEEDS[level] <= 3 - gone ? 'ok' : otherwise}`)

test.each([0, 1, 2])('with %i replicas known to be dead a level is met or Unavailable', async gone => {
  const world = cassandraWorld(`dead-${gone}`)
  const writes: string[] = []
  const reads: string[] = []
  world.client('client', async process => {
    await until(process, 'whole', () => world.isWhole())
    const client = await process.connect({ through: [0] })
    await makeNotes(client)
    for (const host of world.stores.slice(3 - gone)) host.crash()
    await process.runtime.clock.sleep(40_000)
    for (const level of LEVELS) {
      writes.push(`${level}: ${await outcomeOf(put(client, { id: 1, text: level }, LEVEL[level]))}`)
      reads.push(`${level}: ${await outcomeOf(get(client, 1, LEVEL[level]))}`)
    }
    await client.shutdown()
  })
  await world.run()
  expect(writes).toEqual(expected(gone, 'unavailable'))
  expect(reads).toEqual(expected(gone, 'unavailable'))
})

test.each([1, 2])('with %i replicas dead and believed alive a level is met or times out', async gone => {
  const world = cassandraWorld(`silent-${gone}`, { settings: { phiConvictThreshold: 1000 } })
  const writes: string[] = []
  const reads: string[] = []
  world.client('client', async process => {
    await until(process, 'whole', () => world.isWhole())
    const client = await process.connect({ through: [0] })
    await makeNotes(client)
    for (const host of world.stores.slice(3 - gone)) host.powerLoss()
    for (const level of LEVELS) {
      writes.push(`${level}: ${await outcomeOf(put(client, { id: 1, text: level }, LEVEL[level]))}`)
      reads.push(`${level}: ${await outcomeOf(get(client, 1, LEVEL[level]))}`)
    }
    await client.shutdown()
  })
  await world.run()
  expect(writes).toEqual(expected(gone, 'write timeout'))
  expect(reads).toEqual(expected(gone, 'read timeout'))
})

test('levels that make no sense are refused in words', async () => {
  const world = cassandraWorld('senseless')
  const said: string[] = []
  world.client('client', async process => {
    await until(process, 'whole', () => world.isWhole())
    const client = await process.connect()
    await makeNotes(client)
    said.push(await outcomeOf(get(client, 1, LEVEL.serial)))
    said.push(await outcomeOf(put(client, { id: 1, text: '' }, LEVEL.localSerial)))
    await client.shutdown()
  })
  await world.run()
  expect(said).toEqual([
    'Serial reads are not part of this server',
    'You must use conditional updates for serializable writes',
  ])
})
