import { expect, test } from 'vitest'
import { createSimulation } from '../../sim/simulation.ts'

const LIMITS = { virtualMicros: 1e9, entries: 1e6, realMs: 10_000 }

test('names and addresses belong to one host each', () => {
  const { addHost, world } = createSimulation({ seed: '1', limits: LIMITS })
  addHost({ name: 'one', address: '10.0.0.1' })
  expect(() => addHost({ name: 'two', address: '10.0.0.1' })).toThrow('one has the address 10.0.0.1 already')
  expect(() => addHost({ name: 'one', address: '10.0.0.2' })).toThrow('there is a host one already')
  expect([...world.hosts.keys()]).toEqual(['one'])
})

test('a host that is not of this simulation has no disk here', () => {
  const one = createSimulation({ seed: '1', limits: LIMITS })
  const other = createSimulation({ seed: '1', limits: LIMITS })
  const host = one.addHost({ name: 'one', address: '10.0.0.1' })
  expect(one.diskOf(host).host).toBe(host)
  expect(() => other.diskOf(host)).toThrow('one is not a host of this simulation')
})

test('a process has network and disk from its boot on, and the next one of the host the same disk', async () => {
  const { addHost, world } = createSimulation({ seed: '1', limits: LIMITS })
  const host = addHost({ name: 'one', address: '10.0.0.1' })
  const sizes: number[] = []
  host.start(async ({ runtime: { disk, network } }) => {
    await network.listen({ port: 80 }, () => undefined)
    const file = await disk.open('log', { create: true })
    sizes.push(file.size)
    await file.append(new Uint8Array(10))
  })
  world.schedule(1e6, undefined, 'fault', () => {
    host.crash()
    host.restart()
  })
  expect(await world.run()).toEqual({ kind: 'quiescent' })
  expect(sizes).toEqual([0, 10])
})
