import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Disk, DiskFile } from '../../../system/runtime/disk.ts'
import type { Latency } from '../../../sim/network/latency.ts'
import { createSimulation } from '../../../sim/simulation.ts'
import { ModelFile, ModelNames } from './model.ts'

const PATHS = ['d/a', 'd/b', 'c'] as const

interface Step {
  readonly act: 'append' | 'write' | 'truncate' | 'sync' | 'open' | 'rename' | 'remove' | 'sync directory'
  readonly path: number
  readonly other: number
  /** Of the file's size, where that matters. */
  readonly share: number
  readonly length: number
  readonly isAwaited: boolean
}

interface Round {
  readonly steps: readonly Step[]
  readonly how: 'crash' | 'power-loss'
  readonly afterMicros: number
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom<Step['act'][]>(
    ...(['append', 'append', 'append', 'write', 'truncate', 'sync', 'sync'] as const),
    ...(['open', 'rename', 'remove', 'sync directory'] as const),
  ),
  path: fc.nat(PATHS.length - 1),
  other: fc.nat(PATHS.length - 1),
  share: fc.double({ min: 0, max: 1.5, noNaN: true }),
  length: fc.integer({ min: 1, max: 12 }),
  isAwaited: fc.boolean(),
})

const anyRound: fc.Arbitrary<Round> = fc.record({
  steps: fc.array(anyStep, { maxLength: 25 }),
  how: fc.constantFrom<Round['how'][]>('crash', 'power-loss'),
  afterMicros: fc.nat(6000),
})

/** Does the steps, and tells the model of each: at its call that it may happen, at its answer that it has. */
async function perform(disk: Disk, names: ModelNames, steps: readonly Step[]): Promise<void> {
  const handles = new Map<ModelFile, DiskFile>()
  let marks = 0
  for (const { act, path: index, other, share, length, isAwaited } of steps) {
    const path = PATHS[index] as string
    const file = names.now.get(path)
    if (file === undefined) {
      await openFile()
      continue
    }
    const handle = handles.get(file) ?? (await disk.open(path))
    handles.set(file, handle)
    const answered = call(file, handle)
    if (isAwaited) await answered

    function call(file: ModelFile, handle: DiskFile): Promise<void> {
      const content = Uint8Array.from({ length }, () => ++marks & 255)
      const position = Math.floor(file.size * share)
      switch (act) {
        case 'open':
          return Promise.resolve()
        case 'append':
          return changed(file, handle.append(content), () => file.write(file.size, content))
        case 'write':
          return changed(file, handle.writeAt(position, content), () => file.write(position, content))
        case 'truncate':
          return changed(file, handle.truncate(position), () => file.truncate(position))
        case 'sync': {
          const { changes, made } = file
          return handle.sync().then(() => {
            file.synced(changes)
            names.synced(made)
          })
        }
        case 'rename': {
          const to = PATHS[other] as string
          if (to === path) return disk.rename(path, to)
          const renamed = named(disk.rename(path, to), now => {
            now.delete(path)
            now.set(to, file)
          })
          const { changes } = names
          return renamed.then(() => {
            if (!names.isDurable(file.made)) file.made = changes
          })
        }
        case 'remove':
          return named(disk.remove(path), now => void now.delete(path))
        case 'sync directory': {
          const { changes } = names
          // All of the disk is below one directory or the other; the model knows only of all.
          return Promise.all([disk.syncDirectory('d'), disk.syncDirectory('')]).then(() => names.synced(changes))
        }
      }
    }

    /** Names wait for each other, as their caller must know what is there. */
    async function openFile(): Promise<void> {
      const made = new ModelFile(names.changes + 1)
      const opened = disk.open(path, { create: true })
      await named(opened, now => void now.set(path, made))
      handles.set(made, await opened)
    }

    async function changed(of: ModelFile, called: Promise<unknown>, inModel: () => void): Promise<void> {
      inModel()
      const { changes } = of
      await called
      of.answered(changes)
    }

    async function named(called: Promise<unknown>, inModel: (now: Map<string, ModelFile>) => void): Promise<void> {
      names.change(inModel)
      const { changes } = names
      await called
      names.answered(changes)
    }
  }
}

async function allOf(disk: Disk): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>()
  for (const path of PATHS) {
    const file = await disk.open(path).catch(() => undefined)
    if (file !== undefined) found.set(path, await file.read(0, file.size))
  }
  return found
}

/** So that many an operation is under way when its process dies. */
const SLOW: Latency = { minMicros: 50, maxMicros: 1000, tailShare: 0, tailFactor: 1 }

test('after any crashes and power losses a disk is in a state that its promises allow', async () => {
  const seen = { rounds: 0, lost: 0 }
  await fc.assert(
    fc.asyncProperty(fc.array(anyRound, { minLength: 1, maxLength: 4 }), fc.nat(1e6), async (rounds, seed) => {
      const limits = { virtualMicros: 3600e6, entries: 1e6, realMs: 20_000 }
      const simulation = createSimulation({ seed: `${seed}`, limits })
      const host = simulation.addHost({ name: 'store', address: '10.0.0.1', disk: { write: SLOW, name: SLOW } })
      const names = new ModelNames()
      const left = [...rounds]
      let last: Round | undefined
      host.start(async ({ runtime: { disk } }) => {
        if (last !== undefined) {
          const found = await allOf(disk)
          if (!names.accept(found, last.how)) throw new Error(`not allowed: ${describe(found)}`)
          seen.rounds++
        }
        const round = left.shift()
        last = round
        if (round === undefined) return
        simulation.world.schedule(round.afterMicros, undefined, 'fault', () => {
          if (round.how === 'crash') host.crash()
          else host.powerLoss()
          host.restart()
        })
        await perform(disk, names, round.steps)
      })
      await simulation.world.run()
      expect(simulation.world.deaths.map(death => death.error.message)).toEqual([])
      expect(left).toEqual([])
      seen.lost += simulation.diskOf(host).lostBytes
    }),
    { seed: 1, numRuns: 300 },
  )
  expect(seen.rounds).toBeGreaterThan(300)
  expect(seen.lost).toBeGreaterThan(100)
})

function describe(found: ReadonlyMap<string, Uint8Array>): string {
  return [...found].map(([path, content]) => `${path}=${[...content].join(',')}`).join(' ')
}
