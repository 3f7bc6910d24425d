import { expect, test } from 'vitest'
import { HOST_NAME_TTL_MS } from '../../../sim/network/names.ts'
import { PORT, stage } from './stage.ts'
import type { Stage } from './stage.ts'

/** Near resolves the name at each of these moments. */
function asking(scene: Stage, name: string, atMs: readonly number[]): void {
  scene.near.start(async ({ runtime: { network, clock } }) => {
    for (const ms of atMs) {
      if (ms > clock.monotonicMs()) await clock.sleep(ms - clock.monotonicMs())
      scene.note(
        await network.resolve(name).then(
          found => found.join(' '),
          error => error.code,
        ),
      )
    }
  })
}

test('a host is found by its name, its address by itself, and itself as localhost', async () => {
  const scene = stage()
  scene.nearDoes(async ({ network }) => {
    for (const name of ['far', '10.0.0.77', 'localhost', 'near']) scene.note((await network.resolve(name)).join(' '))
  })
  expect(await scene.play()).toEqual(['0.3 10.0.0.2', '0.3 10.0.0.77', '0.3 127.0.0.1', '0.3 10.0.0.1'])
})

test('a name that nobody has is not found, and a connection to it fails so', async () => {
  const scene = stage()
  scene.nearDoes(async ({ network }) => void (await network.connect({ host: 'nowhere', port: PORT })))
  expect(await scene.play()).toEqual(['0.3 near: ENOTFOUND'])
})

test('a name keeps its order of addresses, and a connection goes to the first', async () => {
  const scene = stage()
  scene.simulation.fabric.setName('service', ['10.0.0.2', '10.0.0.1'], 1000)
  scene.farListens()
  scene.nearDoes(async ({ network }) => {
    scene.note((await network.resolve('service')).join(' '))
    scene.note((await network.connect({ host: 'service', port: PORT })).remoteAddress)
  })
  expect(await scene.play()).toEqual(['0.3 10.0.0.2 10.0.0.1', '2.3 10.0.0.2'])
})

test('an answer is kept for its time to live, whatever has changed since, and asked for again after it', async () => {
  const scene = stage()
  scene.simulation.fabric.setName('service', ['10.0.0.2'], 1000)
  scene.at(500, () => scene.simulation.fabric.setName('service', ['10.0.0.3'], 1000))
  asking(scene, 'service', [0, 900, 1000, 1001])
  expect(await scene.play()).toEqual(['0.3 10.0.0.2', '900 10.0.0.2', '1000 10.0.0.2', '1001.3 10.0.0.3'])
})

test('a name with no time to live is asked for each time', async () => {
  const scene = stage()
  scene.simulation.fabric.setName('service', ['10.0.0.2'], 0)
  scene.at(5, () => scene.simulation.fabric.setName('service', ['10.0.0.3'], 0))
  asking(scene, 'service', [0, 2, 10])
  expect(await scene.play()).toEqual(['0.3 10.0.0.2', '2.3 10.0.0.2', '10.3 10.0.0.3'])
})

test('the answers are the machine’s: a crash keeps them, a power loss forgets them', async () => {
  const scene = stage()
  scene.simulation.fabric.setName('service', ['10.0.0.2'], HOST_NAME_TTL_MS)
  scene.at(5, () => scene.simulation.fabric.setName('service', ['10.0.0.3'], HOST_NAME_TTL_MS))
  asking(scene, 'service', [0])
  for (const [atMs, how] of [
    [10, 'crash'],
    [20, 'powerLoss'],
  ] as const) {
    scene.at(atMs, () => {
      scene.near[how]()
      scene.near.restart()
    })
  }
  expect(await scene.play()).toEqual(['0.3 10.0.0.2', '10 10.0.0.2', '20.3 10.0.0.3'])
})
