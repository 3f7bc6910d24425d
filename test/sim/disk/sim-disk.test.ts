import { expect, test } from 'vitest'
import type { SimDiskOptions } from '../../../sim/disk/disk-options.ts'
import type { Simulation } from '../../../sim/simulation.ts'
import type { HostProcess } from '../../../sim/kernel/host.ts'
import { BODY_HOST, inWorld } from '../../contract/in-world.ts'

async function onDisk(
  options: SimDiskOptions,
  body: (process: HostProcess, simulation: Simulation) => Promise<void>,
): Promise<void> {
  await inWorld('1', (process, _, simulation) => body(process, simulation), { host: { disk: options } })
}

test('what does not fit is refused as a whole, and there is room again when something goes', async () => {
  await onDisk({ capacityBytes: 100 }, async ({ runtime: { disk }, host }, simulation) => {
    const one = await disk.open('one', { create: true })
    const two = await disk.open('two', { create: true })
    await one.append(new Uint8Array(60))
    await expect(two.append(new Uint8Array(41))).rejects.toMatchObject({ code: 'ENOSPC' })
    await expect(two.writeAt(41, new Uint8Array(1))).rejects.toMatchObject({ code: 'ENOSPC' })
    await expect(two.truncate(41)).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(two.size).toBe(0)
    await two.append(new Uint8Array(40))
    await one.writeAt(0, new Uint8Array(60))
    expect(simulation.diskOf(host).usedBytes).toBe(100)
    await one.truncate(30)
    await two.append(new Uint8Array(30))
    await disk.remove('one')
    await two.append(new Uint8Array(30))
    expect(simulation.diskOf(host).usedBytes).toBe(100)
  })
})

test('what is written to a file without a name takes no room for ever', async () => {
  await onDisk({ capacityBytes: 100 }, async ({ runtime: { disk } }) => {
    for (let round = 0; round < 5; round++) {
      const file = await disk.open('log', { create: true })
      await file.append(new Uint8Array(90))
      await disk.remove('log')
      await file.truncate(0)
    }
    await disk.open('log', { create: true }).then(file => file.append(new Uint8Array(100)))
    await disk.open('other', { create: true })
    await disk.rename('other', 'log')
    await disk.open('last', { create: true }).then(file => file.append(new Uint8Array(100)))
  })
})

test('an append takes microseconds, a sync hundreds, and more for more bytes', async () => {
  await onDisk({}, async ({ runtime: { disk, clock } }) => {
    const file = await disk.open('log', { create: true })
    const microsOf = async (act: () => Promise<unknown>): Promise<number> => {
      const from = clock.monotonicMs()
      await act()
      return (clock.monotonicMs() - from) * 1000
    }
    const medianOf = async (act: () => Promise<unknown>): Promise<number> => {
      const times: number[] = []
      for (let count = 0; count < 21; count++) times.push(await microsOf(act))
      return times.sort((a, b) => a - b)[10] as number
    }
    const append = await medianOf(() => file.append(new Uint8Array(100)))
    const read = await medianOf(() => file.read(0, 100))
    const sync = await medianOf(async () => {
      await file.append(new Uint8Array(100))
      await file.sync()
    })
    const large = await medianOf(async () => {
      await file.append(new Uint8Array(1_000_000))
      await file.sync()
    })
    expect(append).toBeGreaterThan(4)
    expect(append).toBeLessThan(25)
    expect(read).toBeLessThan(20)
    expect(sync).toBeGreaterThan(200)
    expect(sync).toBeLessThan(500)
    expect(large).toBeGreaterThan(sync + 1000)
  })
})

test('a sync does not hold up what is called after it', async () => {
  await onDisk({}, async ({ runtime: { disk } }) => {
    const file = await disk.open('log', { create: true })
    await file.append(new Uint8Array(10))
    const order: string[] = []
    const synced = file.sync().then(() => order.push('synced'))
    const appended = file.append(new Uint8Array(10)).then(() => order.push('appended'))
    await Promise.all([synced, appended])
    expect(order).toEqual(['appended', 'synced'])
  })
})

test('what a process has written as it died does not come', async () => {
  await inWorld('1', async ({ runtime: { clock } }, _, simulation) => {
    const other = simulation.addHost({ name: 'other', address: '10.0.0.2', disk: { capacityBytes: 100 } })
    const sizes: number[] = []
    other.start(async ({ runtime: { disk } }) => {
      const file = await disk.open('log', { create: true })
      sizes.push(file.size)
      if (sizes.length > 1) return
      await file.append(new Uint8Array(10))
      queueMicrotask(() => {
        void file.append(new Uint8Array(50))
        void file.truncate(0)
        void disk.remove('log')
      })
      throw new Error('dies')
    })
    await clock.sleep(10)
    other.restart()
    await clock.sleep(10)
    expect(sizes).toEqual([0, 10])
    expect(simulation.diskOf(other).usedBytes).toBe(10)
  })
})

test('a difference in position or length shows in the hash', async () => {
  const hashOf = async (length: number): Promise<string> => {
    let hash = ''
    await inWorld('1', async ({ runtime: { disk } }, world) => {
      const file = await disk.open('log', { create: true })
      await file.append(new Uint8Array(length))
      hash = world.trace.hash()
    })
    return hash
  }
  expect(await hashOf(5)).toBe(await hashOf(5))
  expect(await hashOf(5)).not.toBe(await hashOf(6))
})

test('a log of many appends costs a part of a second, not a copy of itself each time', async () => {
  await onDisk({}, async ({ runtime: { disk }, host }, simulation) => {
    const file = await disk.open('log', { create: true })
    const record = new Uint8Array(1000)
    for (let count = 0; count < 20_000; count++) await file.append(record)
    expect(simulation.diskOf(host).usedBytes).toBe(20_000_000)
  })
})

test('a host has the disk that was made for it', async () => {
  await inWorld('1', async ({ host }, _, simulation) => {
    expect(host.name).toBe(BODY_HOST)
    expect(simulation.diskOf(host).host).toBe(host)
  })
})
