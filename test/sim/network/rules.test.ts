import { expect, test } from 'vitest'
import { DROP, HOLD, PASS, RuleChain } from '../../../sim/network/rules.ts'
import type { Rule, Segment } from '../../../sim/network/rules.ts'
import { bytes, cutting, noting, PORT, stage } from './stage.ts'
import type { Stage } from './stage.ts'

/** Near writes a word each 10 ms from the 10th on; far answers the connection with its own end after `farEndsAtMs`. */
function counting(scene: Stage, words: number): void {
  scene.farListens(() => noting(scene.note, 'far'))
  scene.nearDoes(async ({ network, clock }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    connection.handle(noting(scene.note, 'near'))
    for (let count = 1; count <= words; count++) {
      await clock.sleep(10 * count - clock.monotonicMs())
      connection.write(bytes(`${count}`))
    }
  })
}

test('the first rule that stops a segment decides, and delays add up', () => {
  const chain = new RuleChain(() => undefined)
  const delay =
    (micros: number): Rule =>
    () => ({ kind: 'delay', micros })
  const segment = {} as Segment
  expect(chain.ask(segment)).toEqual(PASS)
  chain.add('one', delay(5))
  chain.add('two', () => PASS)
  chain.add('three', delay(7))
  expect(chain.ask(segment)).toEqual({ kind: 'delay', micros: 12 })
  chain.add('four', () => DROP)
  chain.add('five', () => HOLD)
  expect(chain.ask(segment)).toEqual(DROP)
  chain.remove('four')
  expect(chain.ask(segment)).toEqual(HOLD)
  expect(['one', 'two', 'three', 'four', 'five', 'six'].map(name => chain.bites(name))).toEqual([3, 0, 3, 1, 1, 0])
})

test('a name belongs to one rule at a time', () => {
  const chain = new RuleChain(() => undefined)
  chain.add('one', () => PASS)
  expect(() => chain.add('one', () => PASS)).toThrow('there is a rule one already')
  chain.remove('one')
  expect(() => chain.remove('one')).toThrow('there is no rule one')
  chain.add('one', () => PASS)
  expect(chain.has('one')).toBe(true)
})

test('a lost segment comes again after 200 ms, and what was written since comes behind it', async () => {
  const scene = stage()
  let isLost = false
  scene.simulation.fabric.rules.add('first', segment => {
    if (segment.kind !== 'data' || isLost) return PASS
    isLost = true
    return DROP
  })
  counting(scene, 3)
  expect(await scene.play()).toEqual(['211 far got 1', '211 far got 2', '211 far got 3'])
  expect(scene.simulation.fabric.rules.bites('first')).toBe(1)
})

test('on a link that loses a third of everything all bytes arrive, late', async () => {
  const scene = stage()
  scene.simulation.fabric.rules.add('lossy', segment => (segment.draw('loss') < 1 / 3 ? DROP : PASS))
  counting(scene, 50)
  const seen = await scene.play()
  expect(seen.map(line => line.split(' ').at(-1))).toEqual([...Array(50).keys()].map(index => `${index + 1}`))
  expect(scene.simulation.fabric.rules.bites('lossy')).toBeGreaterThan(10)
  expect(scene.simulation.fabric.connectionsOf(scene.near)).toBe(1)
})

test('what a rule holds goes on its way when any rule is removed, and it asks again', async () => {
  const scene = stage()
  const { rules } = scene.simulation.fabric
  scene.at(5, () => {
    rules.add('hold', segment => (segment.kind === 'data' ? HOLD : PASS))
    rules.add('slow', () => ({ kind: 'delay', micros: 3000 }))
  })
  scene.at(15, () => rules.remove('slow'))
  scene.at(50, () => rules.remove('hold'))
  counting(scene, 2)
  expect(await scene.play()).toEqual(['51 far got 1', '51 far got 2'])
})

test('a delay adds to the latency, and order is kept when it ends', async () => {
  const scene = stage()
  scene.simulation.fabric.rules.add('slow', segment =>
    segment.kind === 'data' ? { kind: 'delay', micros: 25_000 } : PASS,
  )
  scene.at(15, () => scene.simulation.fabric.rules.remove('slow'))
  counting(scene, 3)
  expect(await scene.play()).toEqual(['36 far got 1', '36 far got 2', '36 far got 3'])
})

test('a rule that resets ends the connection on both sides', async () => {
  const scene = stage()
  scene.at(15, () => scene.simulation.fabric.rules.add('reset', () => ({ kind: 'reset' })))
  counting(scene, 2)
  expect(await scene.play()).toEqual(['11 far got 1', '20 near closed: ECONNRESET', '21 far closed: ECONNRESET'])
})

test('a cut that heals costs time only: the writer tries less and less often', async () => {
  const scene = stage()
  const { rules } = scene.simulation.fabric
  scene.at(5, () => {
    rules.add('there', cutting(scene.near, scene.far))
    rules.add('back', cutting(scene.far, scene.near))
  })
  scene.at(3000, () => {
    rules.remove('there')
    rules.remove('back')
  })
  counting(scene, 2)
  // Tries at 10, 210, 610, 1410, 3010.
  expect(await scene.play()).toEqual(['3011 far got 1', '3011 far got 2'])
})

test('a link that is cut one way ends the connection for whoever hears no acknowledgement', async () => {
  const scene = stage()
  scene.at(5, () => scene.simulation.fabric.rules.add('cut', cutting(scene.far, scene.near)))
  counting(scene, 1)
  const seen = await scene.play()
  expect(seen[0]).toBe('11 far got 1')
  expect(seen[1]).toMatch(/^9\d+.* near closed: ETIMEDOUT$/)
  expect(seen).toHaveLength(2)
})

test('a link that is cut one way lets nothing through and ends the connection for the writer', async () => {
  const scene = stage()
  scene.at(5, () => scene.simulation.fabric.rules.add('cut', cutting(scene.near, scene.far)))
  counting(scene, 1)
  const seen = await scene.play()
  expect(seen).toHaveLength(1)
  expect(seen[0]).toMatch(/^9\d+.* near closed: ETIMEDOUT$/)
})

test('a lost last acknowledgement disturbs nobody', async () => {
  const scene = stage()
  const { rules } = scene.simulation.fabric
  // From the moment at which far has read the end of near, nothing that only acknowledges comes back.
  rules.add('acks', ({ kind, from }) => (kind === 'ack' && from === scene.far ? DROP : PASS))
  scene.farListens((connection, { clock }) => {
    clock.setTimer(5, () => connection.end())
    return noting(scene.note, 'far')
  })
  scene.nearDoes(async ({ network, clock }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    connection.handle(noting(scene.note, 'near'))
    connection.pause()
    connection.end()
    await clock.sleep(2_000_000)
    connection.resume()
  })
  expect(await scene.play()).toEqual([
    '3 far saw the end',
    '8 far closed',
    '2000002 near saw the end',
    '2000002 near closed',
  ])
})

test('a rule sees hosts, kind, ports and bytes of each segment', async () => {
  const scene = stage()
  scene.simulation.fabric.rules.add('see', ({ from, to, kind, ports, bytes: length }) => {
    if (kind !== 'ack') scene.note(`${from.name} > ${to.name} ${kind} of ${length} to ${ports.server}`)
    return PASS
  })
  scene.farListens(connection => ({ onEnd: () => connection.end() }))
  scene.nearDoes(async ({ network }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    connection.write(bytes('hello'))
    connection.end()
  })
  expect(await scene.play()).toEqual([
    '0 near > far syn of 0 to 4000',
    '1 far > near syn-ack of 0 to 4000',
    '2 near > far open of 0 to 4000',
    '2 near > far data of 5 to 4000',
    '2 near > far fin of 0 to 4000',
    '3 far > near fin of 0 to 4000',
  ])
  expect(scene.simulation.fabric.rules.bites('see')).toBe(0)
})
