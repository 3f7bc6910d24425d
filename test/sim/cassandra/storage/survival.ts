// A world in which a storage engine is killed at any moment, while it writes, flushes, compacts and drops.

import fc from 'fast-check'
import { expect } from 'vitest'
import type { Entropy } from '../../../../system/runtime/entropy.ts'
import type { Fragment } from '../../../../sim/cassandra/data/fragment.ts'
import { isEmptyFragment } from '../../../../sim/cassandra/data/fragment.ts'
import { isLiveRow } from '../../../../sim/cassandra/data/row.ts'
import { MIN_TOKEN } from '../../../../sim/cassandra/ring/murmur3.ts'
import type { CommitLogSync, StorageEngine } from '../../../../sim/cassandra/storage/storage-engine.ts'
import { openStorage } from '../../../../sim/cassandra/storage/storage-engine.ts'
import { createSimulation } from '../../../../sim/simulation.ts'
import { arbitraryFragmentOf, textOf } from '../data/arbitrary-fragment.ts'
import type { Act, State } from './table-model.ts'
import { TableModel, placeIn } from './table-model.ts'

const TABLES = ['shop.orders', 'shop.stock'] as const
const KEYS = ['one', 'two', 'three'].map(key => Buffer.from(key))
const PERIOD_MS = 50
const SYNC_MS_MAX = 15
export const DEATHS = 12

/** Everything is small, so that all of it happens all the time. */
const SMALL = {
  directory: 'cassandra',
  commitLogSyncPeriodMs: PERIOD_MS,
  commitLogSyncGroupWindowMs: 2,
  commitLogSegmentBytes: 1200,
  commitLogBytesMax: 8000,
  memtableBytesMax: 5000,
}

export interface SurvivalOptions {
  readonly mode: CommitLogSync
  /** Timestamps grow with each write, and tombstones may go as soon as they have done their work. */
  readonly forgets?: boolean
}

export interface Survival {
  readonly deaths: number
  readonly lostBytes: number
  /** Acts that were acknowledged, and whose effect was not there after a restart. */
  readonly lostActs: number
  /** Sorted files that were found at restarts. */
  readonly files: number
}

/** Throws if something was read that must not be so. */
export async function survive(seed: string, options: SurvivalOptions): Promise<Survival> {
  const { world, addHost, diskOf } = createSimulation({
    seed,
    limits: { virtualMicros: 60e6, entries: 1e6, realMs: 20_000 },
  })
  const host = addHost({ name: 'store-1', address: '10.0.0.1' })
  const model = new TableModel()
  const draws = world.entropy.fork('deaths')
  const arbitrary = fc
    .constantFrom(...KEYS)
    .chain(arbitraryFragmentOf)
    .filter(fragment => !isEmptyFragment(fragment))
  const fragments = fc.sample(arbitrary, { seed: Number(seed), numRuns: 500 })
  const look = remembering(options.forgets === true ? visibleTextOf : textOf)
  let deaths = 0
  let lostActs = 0
  let files = 0
  /** The first since the state was last looked at; a process may die before it has looked. */
  let powerLossMicros: number | undefined
  /** A reader has seen the effect of so many of the first acts. */
  let seenActs = 0

  host.start(async ({ runtime }) => {
    const engine = await openStorage(runtime, { ...SMALL, commitLogSync: options.mode })
    for (const table of TABLES) engine.setGcGrace(table, options.forgets === true ? 0 : Infinity)
    const found = await everything(engine, look)
    const from = mustSurvive({ model, seenActs, powerLossMicros }, options.mode)
    const like = statesLike(model, found, { from, to: model.begun, look })
    if (like === undefined) throw new Error(`found after ${deaths} deaths, seed ${seed}: ${JSON.stringify(found)}`)
    lostActs += Math.max(0, model.acknowledged - like.last)
    model.goOnFrom(like.last)
    seenActs = 0
    powerLossMicros = undefined
    files += (await runtime.disk.list('cassandra/data')).length
    const entropy = runtime.entropy.fork('client')
    for (let client = 0; client < 3; client++) void write(engine, entropy.fork(`writer ${client}`))
    void read(engine, entropy.fork('reader'))
    void tidy(engine, entropy.fork('tidier'))
  })

  let written = 0
  let isDropping = false
  let writing = 0
  async function act(what: Act, done: () => Promise<void>): Promise<void> {
    const number = model.begin(what)
    writing++
    await done()
    writing--
    model.acknowledge(number, world.nowMicros)
  }
  async function write(engine: StorageEngine, entropy: Entropy): Promise<void> {
    for (;;) {
      const writes = Array.from({ length: 1 + entropy.below(2) }, () => {
        const fragment = fragments[written++ % fragments.length] as Fragment
        return {
          table: TABLES[entropy.below(2)] as string,
          fragment: options.forgets === true ? later(fragment, BigInt(written * 10)) : fragment,
        }
      })
      if (!isDropping) await act({ kind: 'apply', writes }, () => engine.apply(writes))
      else await pause(1000)
      await pause(entropy.below(2000))
    }
  }
  async function read(engine: StorageEngine, entropy: Entropy): Promise<void> {
    for (;;) {
      await pause(entropy.below(1000))
      const table = TABLES[entropy.below(2)] as string
      const key = KEYS[entropy.below(3)] as Buffer
      const from = model.acknowledged
      const fragment = await engine.read(table, key)
      const found = { [placeIn(table, key)]: look(fragment) }
      const like = statesLike(model, found, { from, to: model.begun, look })
      if (like === undefined) throw new Error(`read, seed ${seed}: ${JSON.stringify(found)}`)
      seenActs = Math.max(seenActs, like.first)
    }
  }
  async function tidy(engine: StorageEngine, entropy: Entropy): Promise<void> {
    for (;;) {
      await pause(entropy.below(10_000))
      const table = TABLES[entropy.below(2)] as string
      const what = entropy.below(8)
      if (what < 3) await engine.flush()
      else if (what < 5) await engine.compact(table)
      else if (what === 5) {
        isDropping = true
        while (writing > 0) await pause(100)
        await act({ kind: 'drop', table }, () => engine.drop(table))
        isDropping = false
      }
    }
  }
  function pause(micros: number): Promise<void> {
    return new Promise(resolve => world.schedule(micros, host, 'timer', resolve))
  }
  function dieLater(): void {
    world.schedule(draws.below(60_000), undefined, 'fault', () => {
      deaths++
      isDropping = false
      writing = 0
      if (draws.below(2) === 0) {
        host.crash()
      } else {
        host.powerLoss()
        powerLossMicros ??= world.nowMicros
      }
      host.restart()
      if (deaths < DEATHS) dieLater()
      else world.schedule(20_000, undefined, 'fault', () => world.stop('enough deaths'))
    })
  }
  dieLater()
  const end = await world.run()
  const [death] = world.deaths
  if (death !== undefined) throw death.error
  if (end.kind !== 'stopped') throw new Error(`seed ${seed}: the world ended by itself: ${JSON.stringify(end)}`)
  return { deaths, lostBytes: diskOf(host).lostBytes, lostActs, files }
}

/** How many of the first acts must have survived. */
function mustSurvive(
  was: { readonly model: TableModel; readonly seenActs: number; readonly powerLossMicros: number | undefined },
  mode: CommitLogSync,
): number {
  const { model, seenActs, powerLossMicros } = was
  if (mode !== 'periodic' || powerLossMicros === undefined) return Math.max(model.acknowledged, seenActs)
  return model.acknowledgedBefore(powerLossMicros - (PERIOD_MS + SYNC_MS_MAX) * 1000)
}

/** The first and the last of the model's states that look like what was found; undefined if none does. */
function statesLike(
  model: TableModel,
  found: Readonly<Record<string, string>>,
  { from, to, look }: { readonly from: number; readonly to: number; readonly look: Look },
): { readonly first: number; readonly last: number } | undefined {
  const isLike = (acts: number): boolean => {
    const state: State = model.after(acts)
    return Object.entries(found).every(([place, text]) => look(state.get(place)) === text)
  }
  let [first, last] = [from, to]
  while (first <= to && !isLike(first)) first++
  if (first > to) return undefined
  while (!isLike(last)) last--
  return { first, last }
}

type Look = (fragment: Fragment | undefined) => string

/** The states of a model share most of their fragments. */
function remembering(look: Look): Look {
  const known = new WeakMap<Fragment, string>()
  return fragment => {
    if (fragment === undefined) return look(fragment)
    const text = known.get(fragment) ?? look(fragment)
    known.set(fragment, text)
    return text
  }
}

/** By reads of partitions and by scans, which must agree. */
async function everything(engine: StorageEngine, look: Look): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {}
  for (const table of TABLES) {
    const scanned = new Map<string, Fragment>()
    for (const fragment of await engine.scan(table, { after: MIN_TOKEN }, 100)) {
      scanned.set(Buffer.from(fragment.key).toString(), fragment)
    }
    for (const key of KEYS) {
      const text = look(await engine.read(table, key))
      expect(look(scanned.get(key.toString()))).toBe(text)
      found[placeIn(table, key)] = text
    }
  }
  return found
}

function visibleTextOf(fragment: Fragment | undefined): string {
  const live = (fragment?.rows ?? []).filter(isLiveRow)
  return live
    .map(row => {
      const cells = row.cells.map(cell =>
        cell?.value === undefined ? '' : `${Buffer.from(cell.value).toString()}@${cell.atMicros}`,
      )
      return `${row.place} ${cells.join()}`.replace(/,+$/, '')
    })
    .join('; ')
}

function later(fragment: Fragment, byMicros: bigint): Fragment {
  const shift = <T extends { readonly atMicros: bigint } | undefined>(each: T): T =>
    each === undefined ? each : { ...each, atMicros: each.atMicros + byMicros }
  return {
    key: fragment.key,
    deletion: shift(fragment.deletion),
    ranges: fragment.ranges.map(range => ({ ...range, deletion: shift(range.deletion) })),
    rows: fragment.rows.map(row => ({
      ...row,
      insertedMicros: row.insertedMicros === undefined ? undefined : row.insertedMicros + byMicros,
      deletion: shift(row.deletion),
      cells: row.cells.map(shift),
    })),
  }
}
