import { expect, test } from 'vitest'
import type { Disk } from '../../../system/runtime/disk.ts'
import type { SimDiskOptions } from '../../../sim/disk/disk-options.ts'
import type { SimDisk } from '../../../sim/disk/sim-disk.ts'
import { createSimulation } from '../../../sim/simulation.ts'

type Program = (disk: Disk, sleep: (ms: number) => Promise<void>) => Promise<unknown>

interface Loss {
  readonly how?: 'crash' | 'powerLoss'
  readonly atMs?: number
  readonly options?: SimDiskOptions
  readonly seed?: number
}

/** Runs `before`, ends its process at that moment, and answers what `after` finds. */
async function across<T>(
  before: Program,
  after: (disk: Disk, simDisk: SimDisk) => Promise<T>,
  { how = 'powerLoss', atMs = 100, options = {}, seed = 1 }: Loss = {},
): Promise<T> {
  const limits = { virtualMicros: 3600e6, entries: 1e6, realMs: 20_000 }
  const simulation = createSimulation({ seed: `${seed}`, limits })
  const host = simulation.addHost({ name: 'store', address: '10.0.0.1', disk: options })
  let found: { readonly value: T } | undefined
  let boots = 0
  host.start(async ({ runtime: { disk, clock } }) => {
    if (boots++ === 0) await before(disk, ms => clock.sleep(ms))
    else found = { value: await after(disk, simulation.diskOf(host)) }
  })
  simulation.world.schedule(atMs * 1000, undefined, 'fault', () => {
    host[how]()
    host.restart()
  })
  const end = await simulation.world.run()
  const [death] = simulation.world.deaths
  if (death !== undefined) throw death.error
  if (found === undefined) throw new Error(`nothing was found, and the world ended with ${end.kind}`)
  return found.value
}

async function contentOf(disk: Disk, path: string): Promise<string | undefined> {
  const file = await disk.open(path).catch(() => undefined)
  return file && new TextDecoder().decode(await file.read(0, file.size))
}

/** What is found over many seeds, and how often. */
async function tally(before: Program, path: string, loss: Loss = {}): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>()
  for (let seed = 1; seed <= SEEDS; seed++) {
    const content = String(await across(before, disk => contentOf(disk, path), { ...loss, seed }))
    found.set(content, (found.get(content) ?? 0) + 1)
  }
  return found
}

const SEEDS = 100

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

async function file(disk: Disk, path: string, synced: string, unsynced = ''): Promise<void> {
  const opened = await disk.open(path, { create: true })
  await opened.append(bytes(synced))
  await opened.sync()
  if (unsynced !== '') await opened.append(bytes(unsynced))
}

test('a crash keeps what was written and never synced, names too', async () => {
  const before: Program = async disk => {
    await file(disk, 'a/log', 'one', 'two')
    await (await disk.open('b', { create: true })).append(bytes('three'))
    await disk.rename('b', 'c')
  }
  const found = await across(before, async disk => [await contentOf(disk, 'a/log'), await contentOf(disk, 'c')], {
    how: 'crash',
  })
  expect(found).toEqual(['onetwo', 'three'])
})

test('what was synced survives every power loss, with its name', async () => {
  expect(await tally(disk => file(disk, 'a/log', 'synced'), 'a/log')).toEqual(new Map([['synced', SEEDS]]))
})

test('of what was not synced a power loss keeps nothing, all, or a part that may be torn', async () => {
  const found = await tally(disk => file(disk, 'a/log', 'synced', '0123456789'), 'a/log')
  for (const content of found.keys()) expect('synced0123456789').toContain(content)
  expect(found.get('synced')).toBeGreaterThan(SEEDS / 10)
  expect(found.get('synced0123456789')).toBeGreaterThan(SEEDS / 50)
  expect(found.size).toBeGreaterThan(6)
})

test('a sync covers what was called before it, and not what was called while it ran', async () => {
  const before: Program = async disk => {
    const log = await disk.open('log', { create: true })
    void log.append(bytes('before'))
    const synced = log.sync()
    void log.append(bytes('after'))
    await synced
  }
  const found = await tally(before, 'log', { atMs: 50 })
  for (const content of found.keys()) expect(content.startsWith('before')).toBe(true)
  expect(found.get('before')).toBeGreaterThan(0)
  expect(found.get('beforeafter')).toBeGreaterThan(0)
})

test('a file that is overwritten has old and new bytes after a power loss, cut at one place', async () => {
  const before: Program = async disk => {
    await file(disk, 'log', 'aaaaaaaa')
    await (await disk.open('log')).writeAt(2, bytes('bbbb'))
  }
  const found = await tally(before, 'log')
  for (const content of found.keys()) expect(content).toMatch(/^aab{0,4}a{2,6}$/)
  expect(found.size).toBe(5)
})

test('a truncation is undone or done, never half', async () => {
  const before: Program = async disk => {
    await file(disk, 'log', '0123456789')
    await (await disk.open('log')).truncate(4)
  }
  expect([...(await tally(before, 'log')).keys()].sort()).toEqual(['0123', '0123456789'])
})

test('a file may lose what another, written earlier, has kept, and the other way round', async () => {
  const kept = new Set<string>()
  for (let seed = 1; seed <= 3 * SEEDS; seed++) {
    const before: Program = async disk => {
      await file(disk, 'one', '.', 'x')
      await file(disk, 'two', '.', 'x')
    }
    const after = async (disk: Disk): Promise<string> =>
      `${await contentOf(disk, 'one')} ${await contentOf(disk, 'two')}`
    kept.add(await across(before, after, { seed }))
  }
  expect([...kept].sort()).toEqual(['. .', '. .x', '.x .', '.x .x'])
})

test('a new file that was not synced may be gone, or empty', async () => {
  const before: Program = async disk => void (await (await disk.open('log', { create: true })).append(bytes('xy')))
  const found = await tally(before, 'log')
  for (const content of ['undefined', '', 'x', 'xy']) expect(found.get(content)).toBeGreaterThan(0)
})

test('a rename may be undone until the directory is synced, and never is after it', async () => {
  const rename: Program = async disk => {
    await file(disk, 'd/old', 'old')
    await file(disk, 'd/new', 'new')
    await disk.rename('d/new', 'd/old')
  }
  const found = await tally(rename, 'd/old')
  expect([...found.keys()].sort()).toEqual(['new', 'old'])
  const synced: Program = async disk => {
    await rename(disk, async () => undefined)
    await disk.syncDirectory('d')
  }
  expect([...(await tally(synced, 'd/old')).keys()]).toEqual(['new'])
})

test('a new file that is renamed and then synced has its last name for good', async () => {
  const before: Program = async disk => {
    const log = await disk.open('d/new', { create: true })
    await disk.rename('d/new', 'd/log')
    await log.append(bytes('synced'))
    await log.sync()
  }
  expect([...(await tally(before, 'd/log')).keys()]).toEqual(['synced'])
})

test('a removed file may come back until the directory is synced, with what was durable of it', async () => {
  const remove: Program = async disk => {
    await file(disk, 'd/log', 'synced')
    await disk.remove('d/log')
  }
  expect([...(await tally(remove, 'd/log')).keys()].sort()).toEqual(['synced', 'undefined'])
})

test('names become durable in their order', async () => {
  const before: Program = async disk => {
    for (const name of ['1', '2', '3', '4']) await disk.open(`d/${name}`, { create: true })
    await (await disk.open('d/2')).sync()
  }
  const found = new Set<string>()
  for (let seed = 1; seed <= SEEDS; seed++) {
    found.add((await across(before, disk => disk.list('d'), { seed })).join(' '))
  }
  expect([...found].sort()).toEqual(['d/1 d/2', 'd/1 d/2 d/3', 'd/1 d/2 d/3 d/4'])
})

test('what is old enough was written back without a sync', async () => {
  const before: Program = async (disk, sleep) => {
    const log = await disk.open('log', { create: true })
    await log.append(bytes('old'))
    await sleep(40_000)
    await log.append(bytes('new'))
  }
  const found = await tally(before, 'log', { atMs: 40_100 })
  for (const content of found.keys()) expect(content.startsWith('old')).toBe(true)
  expect(found.get('old')).toBeGreaterThan(0)
})

test('lost bytes are counted', async () => {
  const before: Program = disk => file(disk, 'log', 'synced', '0123456789')
  let lost = 0
  for (let seed = 1; seed <= 20; seed++) {
    const after = async (disk: Disk, simDisk: SimDisk): Promise<void> => {
      expect(simDisk.usedBytes + simDisk.lostBytes).toBe(16)
      expect((await disk.open('log')).size).toBe(simDisk.usedBytes)
      lost += simDisk.lostBytes
    }
    await across(before, after, { seed })
  }
  expect(lost).toBeGreaterThan(0)
  expect(lost).toBeLessThan(200)
})

test('an operation under way when its process dies has happened, or has not', async () => {
  const slow = { minMicros: 1000, maxMicros: 1000, tailShare: 0, tailFactor: 1 }
  const before: Program = async disk => {
    const log = await disk.open('log', { create: true })
    for (const word of ['a', 'b', 'c', 'd']) void log.append(bytes(word))
    await log.append(bytes('e'))
    throw new Error('it should have died by now')
  }
  const found = await tally(before, 'log', { how: 'crash', atMs: 0.5, options: { write: slow } })
  expect(found.size).toBeGreaterThan(2)
  for (const content of found.keys()) expect('abcde'.startsWith(content)).toBe(true)
})

test('the same seed loses the same, whatever happens to other files', async () => {
  const before =
    (others: number): Program =>
    async disk => {
      for (let index = 0; index < others; index++) await file(disk, `other/${index}`, 'x', 'y')
      await file(disk, 'log', 'synced', '0123456789')
    }
  for (let seed = 1; seed <= 20; seed++) {
    const find = (others: number): Promise<string | undefined> =>
      across(before(others), disk => contentOf(disk, 'log'), { seed })
    expect(await find(3)).toBe(await find(0))
  }
})
