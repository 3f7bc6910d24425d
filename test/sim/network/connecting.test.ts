import { expect, test } from 'vitest'
import { BACKLOG_MAX } from '../../../sim/network/host-port.ts'
import { cutting, noting, PORT, stage } from './stage.ts'

test('a connection stands after one round trip for the caller, half of another for the listener', async () => {
  const { nearDoes, farListens, note, play } = stage()
  farListens(connection => {
    note(`far accepted ${connection.remoteAddress}, is ${connection.localAddress}:${connection.localPort}`)
    return {}
  })
  nearDoes(async ({ network }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    note(`near connected to ${connection.remoteAddress}:${connection.remotePort}, is ${connection.localAddress}`)
  })
  expect(await play()).toEqual([
    '2 near connected to 10.0.0.2:4000, is 10.0.0.1',
    '3 far accepted 10.0.0.1, is 10.0.0.2:4000',
  ])
})

test('each connection has a port of its own, and both sides see the same one', async () => {
  const { nearDoes, farListens, note, play } = stage()
  const accepted: number[] = []
  farListens(connection => {
    accepted.push(connection.remotePort)
    return {}
  })
  nearDoes(async ({ network }) => {
    for (let count = 0; count < 3; count++) await network.connect({ host: '10.0.0.2', port: PORT })
    note('connected')
  })
  await play()
  expect(accepted).toHaveLength(3)
  expect(new Set(accepted).size).toBe(3)
})

test('a machine on which no process runs refuses after one round trip', async () => {
  const { nearDoes, play } = stage()
  nearDoes(async ({ network }) => void (await network.connect({ host: '10.0.0.2', port: PORT })))
  expect(await play()).toEqual(['2 near: ECONNREFUSED'])
})

test('a process that listens to another port refuses', async () => {
  const { nearDoes, farListens, play } = stage()
  farListens()
  nearDoes(async ({ network }) => void (await network.connect({ host: '10.0.0.2', port: PORT + 1 })))
  expect(await play()).toEqual(['2 near: ECONNREFUSED'])
})

test('a crashed process refuses at once; a machine without power does not answer', async () => {
  const scene = stage()
  scene.farListens()
  scene.at(1, () => scene.far.crash())
  scene.at(100, () => scene.far.restart())
  scene.at(101, () => scene.far.powerLoss())
  scene.nearDoes(async ({ network, clock }) => {
    await clock.sleep(10)
    await network.connect({ host: '10.0.0.2', port: PORT }).catch(error => scene.note(error.code))
    await clock.sleep(200)
    await network.connect({ host: '10.0.0.2', port: PORT, timeoutMs: 5_000 }).catch(error => scene.note(error.code))
  })
  expect(await scene.play()).toEqual(['12 ECONNREFUSED', '5212 ETIMEDOUT'])
})

test('without a bound of the caller an attempt lasts 127 seconds', async () => {
  const scene = stage()
  scene.farListens()
  scene.at(1, () => scene.far.powerLoss())
  scene.nearDoes(async ({ network, clock }) => {
    await clock.sleep(10)
    await network.connect({ host: '10.0.0.2', port: PORT })
  })
  expect(await scene.play()).toEqual(['127010 near: ETIMEDOUT'])
})

test('an address that nobody has is unreachable, after the three seconds in which nobody answered for it', async () => {
  const { nearDoes, play } = stage()
  nearDoes(async ({ network }) => void (await network.connect({ host: '10.0.0.9', port: PORT })))
  expect(await play()).toEqual(['3000 near: EHOSTUNREACH'])
})

test('a lost first packet costs a second, a second one two more', async () => {
  const scene = stage()
  scene.simulation.fabric.rules.add('cut', cutting(scene.near, scene.far))
  scene.at(1500, () => scene.simulation.fabric.rules.remove('cut'))
  scene.farListens()
  scene.nearDoes(async ({ network }) => {
    await network.connect({ host: '10.0.0.2', port: PORT })
    scene.note('connected')
  })
  expect(await scene.play()).toEqual(['3002 connected'])
})

test('a lost answer to the first packet costs a second, too', async () => {
  const scene = stage()
  scene.simulation.fabric.rules.add('cut', cutting(scene.far, scene.near))
  scene.at(500, () => scene.simulation.fabric.rules.remove('cut'))
  scene.farListens()
  scene.nearDoes(async ({ network }) => {
    await network.connect({ host: '10.0.0.2', port: PORT })
    scene.note('connected')
  })
  expect(await scene.play()).toEqual(['1002 connected'])
})

test('a caller whose last packet of the handshake is lost may write; the listener learns of it when it gets through', async () => {
  const scene = stage()
  scene.simulation.fabric.rules.add('first open', segment =>
    segment.kind === 'open' && scene.simulation.world.nowMicros < 100_000 ? { kind: 'drop' } : { kind: 'pass' },
  )
  scene.farListens(() => noting(scene.note, 'far'))
  scene.nearDoes(async ({ network }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    connection.write(new TextEncoder().encode('hello'))
    scene.note('written')
  })
  expect(await scene.play()).toEqual(['2 written', '203 far got hello'])
})

test('a rule that resets ends an attempt', async () => {
  const scene = stage()
  scene.simulation.fabric.rules.add('reset', () => ({ kind: 'reset' }))
  scene.farListens()
  scene.nearDoes(async ({ network }) => void (await network.connect({ host: '10.0.0.2', port: PORT })))
  expect(await scene.play()).toEqual(['1 near: ECONNRESET'])
})

test('a frozen listener shakes hands, as its machine does it, and accepts when it thaws', async () => {
  const scene = stage()
  scene.farListens(() => noting(scene.note, 'far'))
  scene.at(1, () => scene.far.freeze())
  scene.at(50, () => scene.far.thaw())
  scene.nearDoes(async ({ network, clock }) => {
    await clock.sleep(10)
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    scene.note('connected')
    connection.write(new TextEncoder().encode('hello'))
  })
  expect(await scene.play()).toEqual(['12 connected', '50 far got hello'])
})

test('a frozen listener takes no more connections than its backlog holds', async () => {
  const scene = stage()
  let accepted = 0
  let connected = 0
  scene.farListens(() => {
    accepted++
    return {}
  })
  scene.at(1, () => scene.far.freeze())
  scene.nearDoes(async ({ network, clock }) => {
    await clock.sleep(10)
    for (let count = 0; count < BACKLOG_MAX + 2; count++) {
      await network.connect({ host: '10.0.0.2', port: PORT }).then(() => connected++)
    }
  })
  scene.at(5000, () => {
    scene.note(`${connected} connected, ${accepted} accepted`)
    scene.far.thaw()
  })
  await scene.play()
  expect(scene.seen).toEqual([`5000 ${BACKLOG_MAX} connected, 0 accepted`])
  expect([connected, accepted]).toEqual([BACKLOG_MAX + 2, BACKLOG_MAX + 2])
})

test('a closed listener refuses, and what it has accepted lives on', async () => {
  const scene = stage()
  scene.far.start(async ({ runtime }) => {
    const listener = await runtime.network.listen({ port: PORT }, connection => {
      connection.handle(noting(scene.note, 'far'))
    })
    await runtime.clock.sleep(10)
    await listener.close()
  })
  scene.nearDoes(async ({ network, clock }) => {
    const connection = await network.connect({ host: '10.0.0.2', port: PORT })
    await clock.sleep(20)
    connection.write(new TextEncoder().encode('hello'))
    await network.connect({ host: '10.0.0.2', port: PORT })
  })
  expect(await scene.play()).toEqual(['23 far got hello', '24 near: ECONNREFUSED'])
})

test('a listener on a loopback address is not there for others', async () => {
  const scene = stage()
  scene.far.start(async ({ runtime }) => {
    const { network } = runtime
    await network.listen({ port: PORT, address: '127.0.0.1' }, connection => connection.handle({}))
    const connection = await network.connect({ host: 'localhost', port: PORT })
    scene.note(`far connected to ${connection.remoteAddress}`)
  })
  scene.nearDoes(async ({ network, clock }) => {
    await clock.sleep(10)
    await network.connect({ host: '10.0.0.2', port: PORT })
  })
  const seen = await scene.play()
  expect(seen[0]).toContain('far connected to 127.0.0.1')
  expect(seen[1]).toBe('12 near: ECONNREFUSED')
})

test('what a process of the past has begun comes to nothing', async () => {
  const scene = stage()
  scene.farListens(() => noting(scene.note, 'far'))
  scene.nearDoes(async ({ network }) => {
    await network.connect({ host: '10.0.0.2', port: PORT })
    scene.note('connected')
  })
  scene.at(1.5, () => scene.near.crash())
  expect(await scene.play()).toEqual([])
})
