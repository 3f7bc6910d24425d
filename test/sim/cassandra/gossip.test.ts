// What nodes believe of each other, without a network: messages are handed over, or not.

import { describe, expect, test } from 'vitest'
import { FailureDetector } from '../../../sim/cassandra/gossip/failure-detector.ts'
import { Gossiper } from '../../../sim/cassandra/gossip/gossiper.ts'
import { readStates, writeStates } from '../../../sim/cassandra/gossip/node-state.ts'
import { ByteReader } from '../../../sim/cassandra/wire/byte-reader.ts'
import { ByteWriter } from '../../../sim/cassandra/wire/byte-writer.ts'
import type { Clock } from '../../../system/runtime/clock.ts'

describe('the failure detector', () => {
  const options = { phiConvictThreshold: 8, intervalMsMax: 2_000 }

  test('convicts after a silence of 18.4 mean intervals, and not before', () => {
    const detector = new FailureDetector(options)
    for (let second = 0; second <= 5_000; second++) detector.report('a', second * 1000)
    expect(detector.isConvicted('a', 5_018_300)).toBe(false)
    expect(detector.isConvicted('a', 5_018_600)).toBe(true)
  })

  test('waits longer for a node that it knows little of', () => {
    const detector = new FailureDetector(options)
    detector.report('a', 0)
    expect(detector.isConvicted('a', 36_000)).toBe(false)
    expect(detector.isConvicted('a', 37_000)).toBe(true)
  })

  test('does not get used to long silences', () => {
    const detector = new FailureDetector(options)
    for (let turn = 0; turn < 1_000; turn++) detector.report('a', turn * 1000)
    for (let turn = 1; turn < 50; turn++) detector.report('a', 999_000 + turn * 17_000)
    expect(detector.isConvicted('a', 999_000 + 49 * 17_000 + 18_600)).toBe(true)
  })
})

/** Three nodes on one clock that is turned by hand; `isCut` says which messages are lost. */
class Trio {
  nowMs = 0
  isCut: (from: number, to: number) => boolean = () => false
  readonly heard: string[] = []
  readonly gossipers: readonly Gossiper[]
  readonly #timers: { readonly atMs: number; readonly node: number; readonly fire: () => void }[] = []
  readonly generations = [1, 1, 1]
  readonly stopped = new Set<number>()

  constructor() {
    this.gossipers = [0, 1, 2].map(node => this.boot(node))
  }

  boot(node: number): Gossiper {
    const gossiper: Gossiper = new Gossiper(this.#clock(node), {
      addresses: ['0', '1', '2'],
      self: String(node),
      intervalMs: 1_000,
      phiConvictThreshold: 8,
      ownState: () => ({
        generation: this.generations[node]!,
        schemaVersion: Buffer.alloc(16),
        hostId: Buffer.alloc(16, node),
        isServing: true,
      }),
      send: (address, states) => {
        const to = Number(address)
        if (this.isCut(node, to) || this.stopped.has(to)) return
        const writer = new ByteWriter()
        writeStates(writer, states)
        this.gossipers[to]!.hear(readStates(new ByteReader(writer.finish())))
        if (!this.isCut(to, node)) gossiper.hear(this.gossipers[to]!.states())
      },
      events: {
        onAlive: address => void this.heard.push(`${node}: ${address} alive`),
        onDead: address => void this.heard.push(`${node}: ${address} dead`),
        onRestart: address => void this.heard.push(`${node}: ${address} restarted`),
        onServing: () => undefined,
        onOtherSchema: () => undefined,
      },
    })
    gossiper.start()
    return gossiper
  }

  run(seconds: number): void {
    const endMs = this.nowMs + seconds * 1000
    for (;;) {
      this.#timers.sort((a, b) => a.atMs - b.atMs)
      const timer = this.#timers[0]
      if (timer === undefined || timer.atMs > endMs) break
      this.#timers.shift()
      this.nowMs = timer.atMs
      if (!this.stopped.has(timer.node)) timer.fire()
    }
    this.nowMs = endMs
  }

  alive(): readonly string[] {
    return this.gossipers.map(gossiper => [...gossiper.alive].sort().join(''))
  }

  #clock(node: number): Clock {
    return {
      wallMs: () => this.nowMs,
      monotonicMs: () => this.nowMs,
      setTimer: (delayMs, fire) => {
        this.#timers.push({ atMs: this.nowMs + delayMs, node, fire })
        return { cancel: () => undefined }
      },
      sleep: () => Promise.reject(new Error('nobody sleeps here')),
    }
  }
}

test('all find each other, and a silent node is believed dead within twenty seconds', () => {
  const trio = new Trio()
  trio.run(10)
  expect(trio.alive()).toEqual(['12', '02', '01'])
  trio.run(100)
  trio.stopped.add(2)
  trio.run(10)
  expect(trio.alive().slice(0, 2)).toEqual(['12', '02'])
  trio.run(10)
  expect(trio.alive().slice(0, 2)).toEqual(['1', '0'])
})

test('a node hears through others of whom it cannot reach', () => {
  const trio = new Trio()
  trio.run(100)
  trio.isCut = (from, to) => from + to === 1
  trio.run(200)
  expect(trio.alive()).toEqual(['12', '02', '01'])
})

test('nodes that were parted find each other again', () => {
  const trio = new Trio()
  trio.run(100)
  trio.isCut = (from, to) => from === 0 || to === 0
  trio.run(100)
  expect(trio.alive()).toEqual(['', '2', '1'])
  trio.isCut = () => false
  trio.run(10)
  expect(trio.alive()).toEqual(['12', '02', '01'])
})

test('a node of a new generation is another process, heard of once', () => {
  const trio = new Trio()
  trio.run(100)
  trio.heard.length = 0
  trio.generations[2] = 2
  trio.run(10)
  expect([...trio.heard].sort()).toEqual(['0: 2 restarted', '1: 2 restarted'])
})

test('a node that was paused blames nobody', () => {
  const trio = new Trio()
  trio.run(100)
  trio.heard.length = 0
  // All stand still: the first to go on has heard nothing for two minutes.
  trio.nowMs += 120_000
  trio.run(0)
  trio.run(3)
  expect(trio.heard).toEqual([])
})
