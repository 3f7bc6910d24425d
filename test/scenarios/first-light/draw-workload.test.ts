import { describe, expect, test } from 'vitest'
import { BIRD_STRIKES, EARTHQUAKES, FLIGHTS } from '../../../scenarios/first-light/data-sets.ts'
import { drawWorkload } from '../../../scenarios/first-light/draw-workload.ts'
import { SHAPES } from '../../../scenarios/first-light/shapes.ts'
import type { SizeShape } from '../../../scenarios/first-light/shapes.ts'
import type { Send, SendItem, Workload } from '../../../scenarios/workload.ts'
import { keyedEntropy } from '../../../sim/kernel/entropy.ts'

const SMALL = SHAPES['small'] as SizeShape

const draw = (seed: string, more: Partial<SizeShape> = {}): Workload =>
  drawWorkload(keyedEntropy(seed), {
    ...{ ...SMALL, ...more },
    clients: ['client-1', 'client-2'],
    readers: ['reader-1', 'reader-2'],
  })

const sendsOf = ({ warmUp, clients, probes }: Workload): readonly Send[] => [
  ...warmUp,
  ...clients.flatMap(({ sends, reserve }) => [...sends, ...reserve]),
  ...probes,
]

const itemsOf = (workload: Workload): readonly SendItem[] =>
  sendsOf(workload).flatMap(send => (send.kind === 'events' ? send.items : []))

const keysOf = (items: readonly SendItem[]): readonly string[] =>
  items.flatMap(item => (item.kind === 'event' ? [item.event.key] : []))

test('the data is all of the three files', () => {
  expect([FLIGHTS.length, EARTHQUAKES.length, BIRD_STRIKES.length]).toEqual([20_000, 1_707, 10_000])
  expect(new Set([...FLIGHTS, ...EARTHQUAKES, ...BIRD_STRIKES].map(({ key }) => key)).size).toBe(31_707)
})

describe('a workload', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(draw('a')).toEqual(draw('a'))
    expect(draw('b')).not.toEqual(draw('a'))
  })

  test('sends every event once, in requests of one project', () => {
    const workload = draw('a')
    const keys = keysOf(itemsOf(workload))
    expect(keys.length).toBe(500)
    expect(new Set(keys)).toEqual(new Set(workload.events.keys()))
    for (const send of sendsOf(workload)) {
      if (send.kind !== 'events') continue
      expect(send.form === 'single').toBe(send.items.length === 1)
      for (const item of send.items) if (item.kind === 'event') expect(item.event.project).toBe(send.project)
    }
  })

  test('has all bad requests in it, an oversized event, and bad events among good ones', () => {
    const workload = draw('a', { badEvents: 0.2 })
    const sends = sendsOf(workload)
    const requests = sends.flatMap(send => (send.kind === 'bad-request' ? [send.bad.name] : []))
    expect(new Set(requests).size).toBe(10)
    const bad = itemsOf(workload).flatMap(item => (item.kind === 'bad' ? [item.bad.name] : []))
    expect(bad).toContain('event over 900,000 bytes')
    expect(new Set(bad).size).toBeGreaterThan(10)
    const isMixed = (send: Send): boolean =>
      send.kind === 'events' && new Set(send.items.map(item => item.kind)).size === 2
    expect(sends.filter(isMixed).length).toBeGreaterThan(5)
  })

  test('sends in order of time, within its duration', () => {
    for (const { sends } of draw('a').clients) {
      expect(sends.length).toBeGreaterThan(20)
      expect(sends.map(({ atMs }) => atMs)).toEqual(sends.map(({ atMs }) => atMs).toSorted((a, b) => a - b))
      expect(sends.every(({ atMs }) => atMs >= 0 && atMs < SMALL.durationMs)).toBe(true)
    }
  })

  test('reads all of each collection first and last, when all is calm', () => {
    const { finalQueries, collections } = draw('a')
    const whole = collections.map(of => ({ ...of, analysis: 'extraction', filters: [] }))
    expect(finalQueries.slice(0, collections.length)).toEqual(whole)
    expect(finalQueries.slice(-collections.length)).toEqual(whole)
  })
})
