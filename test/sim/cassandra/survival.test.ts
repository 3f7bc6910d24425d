// Nodes crash and lose power, one after another, while clients write and read at a quorum: nothing that was acknowledged is
// ever missed, and nothing that is seen by a quorum is unseen again.

import { expect, test } from 'vitest'
import { cassandraWorld } from './cassandra-world.ts'
import { until } from '../client-programs.ts'
import { LEVEL, get, makeNotes, outcomeOf, put } from './notes.ts'

const STEPS = 600

interface Survival {
  readonly hash: string
  readonly acknowledged: number
  readonly refused: number
  readonly downs: number
}

async function survive(seed: string): Promise<Survival> {
  const world = cassandraWorld(seed, { virtualSeconds: 2_000 })
  /** By id: the number of lines that were acknowledged or seen. */
  const known = new Map<number, number>()
  let [acknowledged, refused, downs] = [0, 0, 0]
  let isOver = false
  let hasEnded = false
  world.client('writer', async process => {
    await until(process, 'whole', () => world.isWhole())
    const client = await process.connect()
    await makeNotes(client)
    for (let step = 0; step < STEPS; step++) {
      const id = step % 20
      const line = Math.floor(step / 20)
      let outcome = 'not tried'
      while (outcome !== 'ok') {
        outcome = await outcomeOf(put(client, { id, line, text: `${id}/${line}`, at: step + 1 }, LEVEL.localQuorum))
        if (outcome !== 'ok') refused++
        if (outcome !== 'ok') await process.runtime.clock.sleep(100)
      }
      acknowledged++
      known.set(id, Math.max(known.get(id) ?? 0, line + 1))
      await process.runtime.clock.sleep(50)
    }
    isOver = true
  })
  world.client('reader', async process => {
    await until(process, 'written', () => known.size > 0)
    const client = await process.connect()
    const random = process.runtime.entropy.fork('what to read')
    while (!isOver) {
      const id = random.below(20)
      const before = known.get(id) ?? 0
      const texts = await get(client, id, LEVEL.localQuorum).catch(() => undefined)
      if (texts !== undefined) {
        if (texts.length < before) throw new Error(`${texts.length} lines of ${id}, and ${before} were known`)
        known.set(id, Math.max(known.get(id) ?? 0, texts.length))
      }
      await process.runtime.clock.sleep(30)
    }
    await until(process, 'whole in the end', () => hasEnded && world.isWhole(), 300)
    const fresh = await process.connect()
    for (let id = 0; id < 20; id++) {
      for (const level of [LEVEL.all, LEVEL.one, LEVEL.localOne])
        expect((await get(fresh, id, level)).length).toBe(STEPS / 20)
    }
  })
  world.client('nemesis', async process => {
    await until(process, 'written', () => known.size > 0)
    const random = process.runtime.entropy.fork('what goes wrong')
    while (!isOver) {
      await process.runtime.clock.sleep(random.below(5_000))
      await until(process, 'whole before the next fault', () => world.isWhole(), 300)
      if (isOver) break
      const host = world.stores[random.below(3)]!
      if (random.below(2) === 0) host.crash()
      else host.powerLoss()
      downs++
      await process.runtime.clock.sleep(random.below(40_000))
      host.restart()
    }
    hasEnded = true
  })
  await world.run()
  return { hash: world.simulation.world.trace.shortHash.toString(), acknowledged, refused, downs }
}

test.each(['1', '2', '3', '4'])('seed %s', async seed => {
  const result = await survive(seed)
  expect(result.acknowledged).toBe(STEPS)
  expect(result.downs).toBeGreaterThan(1)
})

test('the same seed gives the same trace', async () => {
  const first = await survive('again')
  expect(await survive('again')).toEqual(first)
})
