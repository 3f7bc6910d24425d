import { expect, test } from 'vitest'
import { RETRANSMITS_MAX } from '../../../sim/network/flow.ts'
import type { Connection } from '../../../system/runtime/network.ts'
import { bytes, cutting, noting, PORT, stage, text } from './stage.ts'
import type { Stage } from './stage.ts'

/** A connection from near to far, on which near writes something at each of these moments. */
function talking(scene: Stage, writesAtMs: readonly number[] = []): void {
  scene.farListens(() => noting(scene.note, 'far'))
  scene.nearDoes(async ({ network, clock }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    connection.handle(noting(scene.note, 'near'))
    for (const atMs of writesAtMs) {
      await clock.sleep(atMs - clock.monotonicMs())
      connection.write(bytes(`at ${atMs}`))
    }
  })
}

test('a crash resets the connections of the process: its machine is still there', async () => {
  const scene = stage()
  talking(scene)
  scene.at(10, () => scene.far.crash())
  expect(await scene.play()).toEqual(['11 near closed: ECONNRESET'])
  expect(scene.simulation.fabric.connectionsOf(scene.near)).toBe(0)
})

test('a power loss says nothing: who only listens does not learn of it', async () => {
  const scene = stage()
  talking(scene)
  scene.at(10, () => scene.far.powerLoss())
  expect(await scene.play()).toEqual([])
  expect(scene.simulation.fabric.connectionsOf(scene.near)).toBe(1)
})

test('who writes to a machine without power gives up after a quarter of an hour', async () => {
  const scene = stage()
  talking(scene, [20])
  scene.at(10, () => scene.far.powerLoss())
  const [seen = '', ...more] = await scene.play()
  expect(more).toEqual([])
  expect(seen).toMatch(/ near closed: ETIMEDOUT$/)
  const waits = [...Array(RETRANSMITS_MAX + 1).keys()].map(count => Math.min(200 * 2 ** count, 120_000))
  expect(Number.parseInt(seen)).toBe(20 + waits.reduce((sum, wait) => sum + wait))
})

test('who writes to a machine that has lost power and is back is reset', async () => {
  const scene = stage()
  talking(scene, [100])
  scene.at(10, () => scene.far.powerLoss())
  scene.at(50, () => scene.far.restart())
  expect(await scene.play()).toEqual(['102 near closed: ECONNRESET'])
})

test('a machine that comes back while a writer tries resets it at its next try', async () => {
  const scene = stage()
  talking(scene, [100])
  scene.at(10, () => scene.far.powerLoss())
  scene.at(550, () => scene.far.restart())
  // Tries at 100, 300, 700.
  expect(await scene.play()).toEqual(['702 near closed: ECONNRESET'])
})

test('what was under way when the power went is tried again', async () => {
  const scene = stage()
  talking(scene, [10])
  scene.at(10.5, () => scene.far.powerLoss())
  scene.at(50, () => scene.far.restart())
  expect(await scene.play()).toEqual(['212.5 near closed: ECONNRESET'])
})

test('a crash whose reset is lost is noticed at the next write', async () => {
  const scene = stage()
  talking(scene, [100])
  scene.at(9, () => scene.simulation.fabric.rules.add('cut', cutting(scene.far, scene.near)))
  scene.at(10, () => scene.far.crash())
  scene.at(20, () => scene.simulation.fabric.rules.remove('cut'))
  expect(await scene.play()).toEqual(['102 near closed: ECONNRESET'])
})

test('what a crashed process has sent arrives before the reset', async () => {
  const scene = stage()
  scene.farListens(() => noting(scene.note, 'far'))
  scene.nearDoes(async ({ network }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    connection.write(bytes('last words'))
  })
  scene.at(2.5, () => scene.near.crash())
  expect(await scene.play()).toEqual(['3 far got last words', '3.5 far closed: ECONNRESET'])
})

test('a process that is frozen answers nothing and loses nothing', async () => {
  const scene = stage()
  talking(scene, [20, 30])
  scene.at(10, () => scene.far.freeze())
  scene.at(60_000, () => scene.far.thaw())
  expect(await scene.play()).toEqual(['60000 far got at 20', '60000 far got at 30'])
})

test('the next process of the host has nothing of the last one, and others connect to it anew', async () => {
  const scene = stage()
  const held: Connection[] = []
  scene.farListens(connection => {
    held.push(connection)
    return { ...noting(scene.note, 'far'), onData: chunk => connection.write(bytes(`${text(chunk)}!`)) }
  })
  scene.nearDoes(async ({ network, clock }) => {
    for (let count = 0; count < 2; count++) {
      const connection = await network.connect({ host: '10.0.0.2', port: PORT })
      connection.handle(noting(scene.note, 'near'))
      connection.write(bytes('hello'))
      await clock.sleep(98)
    }
  })
  scene.at(50, () => scene.far.crash())
  scene.at(60, () => {
    scene.far.restart()
    // The world holds on to what is dead: it does nothing.
    held[0]?.write(bytes('from the grave'))
    held[0]?.end()
  })
  expect(await scene.play()).toEqual(['4 near got hello!', '51 near closed: ECONNRESET', '104 near got hello!'])
})

test('after a hundred crashes and power losses nothing is left of the connections of the dead', async () => {
  const scene = stage()
  scene.farListens(connection => ({ onData: chunk => connection.write(chunk) }))
  let connected = 0
  scene.nearDoes(async ({ network, clock }) => {
    while (clock.monotonicMs() < 1970) {
      const connection = await network.connect({ host: '10.0.0.2', port: PORT, timeoutMs: 5 }).catch(() => undefined)
      if (connection !== undefined) connected++
      connection?.write(bytes('hello'))
      await clock.sleep(1)
    }
  })
  for (let count = 0; count < 100; count++) {
    scene.at(20 * count + 7.3, () => (count % 2 === 0 ? scene.far.crash() : scene.far.powerLoss()))
    scene.at(20 * count + 9.1, () => scene.far.restart())
  }
  await scene.play()
  expect(connected).toBeGreaterThan(200)
  expect(scene.simulation.fabric.connectionsOf(scene.far)).toBe(0)
})
