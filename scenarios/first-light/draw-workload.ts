// Draws who sends what, and when, from a seed: real events in a drawn order, single and in bulk, bad ones among them.

import type { Entropy } from '../../system/runtime/entropy.ts'
import type { SourceEvent } from '../source-event.ts'
import type { BadEvent, EventsSend, Send, SendItem, Workload } from '../workload.ts'
import { BAD_EVENTS, BAD_REQUESTS, OVERSIZED } from './bad-events.ts'
import { BIRD_STRIKES, EARTHQUAKES, FLIGHTS, PROJECTS } from './data-sets.ts'
import { COLLECTIONS, FINAL_QUERIES, READER_QUERIES } from './queries.ts'

export interface WorkloadShape {
  /** Events of each set: a run of that many from a drawn place on. */
  readonly events: { readonly flights: number; readonly earthquakes: number; readonly birdStrikes: number }
  /** Within which the clients begin their sends. */
  readonly durationMs: number
  readonly clients: readonly string[]
  readonly readers: readonly string[]
  /** Events that each client keeps for the time after its sends. */
  readonly reserveEvents: number
  readonly readerPauseMs: number
  /** The probability that a send goes when others do. */
  readonly together: number
  /** The probability that a send is a single event. */
  readonly singles: number
  readonly bulkEventsMax: number
  /** The probability that a place in a request is taken by a bad event first. */
  readonly badEvents: number
}

export function drawWorkload(entropy: Entropy, shape: WorkloadShape): Workload {
  const { flights, earthquakes, birdStrikes } = shape.events
  const chosen = [
    ...drawRun(entropy.fork('flights'), FLIGHTS, flights),
    ...drawRun(entropy.fork('earthquakes'), EARTHQUAKES, earthquakes),
    ...drawRun(entropy.fork('bird-strikes'), BIRD_STRIKES, birdStrikes),
  ]
  const shuffled = shuffle(entropy.fork('order'), chosen)
  const early = byProject(shuffled).map(events => events.slice(0, WARM_UP_EVENTS))
  const late = byProject(shuffled).map(events => events.slice(WARM_UP_EVENTS, WARM_UP_EVENTS + PROBE_EVENTS))
  const isApart = new Set([...early.flat(), ...late.flat()])
  const others = shuffled.filter(event => !isApart.has(event))
  const clients = shape.clients.map((host, index) => {
    const events = others.filter((_, place) => place % shape.clients.length === index)
    const reserve = events.slice(0, shape.reserveEvents)
    return {
      host,
      sends: drawSends(entropy.fork(host), events.slice(reserve.length), shape, index),
      reserve: reserve.map(event => sendOf(0, [asItem(event)])),
    }
  })
  return {
    warmUp: early.map(events => sendOf(0, events.map(asItem))),
    clients,
    readers: shape.readers.map((host, index) => ({
      host,
      queries: rotate(READER_QUERIES, index * Math.ceil(READER_QUERIES.length / shape.readers.length)),
      pauseMs: shape.readerPauseMs,
    })),
    collections: COLLECTIONS,
    probes: late.map(events => sendOf(0, events.map(asItem))),
    finalQueries: FINAL_QUERIES,
    events: new Map(chosen.map(event => [event.key, event])),
  }
}

/** Clients that collect send when the second is full. */
const TOGETHER_MS = 1_000

/** Of each project, one request before the storm. */
const WARM_UP_EVENTS = 3

/** Of each project, one request after the storm. */
const PROBE_EVENTS = 2

function drawRun(entropy: Entropy, events: readonly SourceEvent[], count: number): readonly SourceEvent[] {
  const from = count >= events.length ? 0 : entropy.below(events.length - count + 1)
  return events.slice(from, from + count)
}

/** Each place is drawn by the event's name, so that one event more leaves the order of the others. */
function shuffle(entropy: Entropy, events: readonly SourceEvent[]): readonly SourceEvent[] {
  const places = new Map(events.map(event => [event.key, entropy.fork(event.key).float()]))
  return events.toSorted((a, b) => (places.get(a.key) ?? 0) - (places.get(b.key) ?? 0))
}

/** Of one client: its events in requests of one project each, and its share of what must be refused. */
function drawSends(
  entropy: Entropy,
  events: readonly SourceEvent[],
  shape: WorkloadShape,
  index: number,
): readonly Send[] {
  const requests: (readonly SendItem[])[] = []
  for (const ofProject of byProject(events)) {
    for (let taken = 0; taken < ofProject.length;) {
      const draw = entropy.fork(`request ${requests.length}`)
      const isSingle = draw.fork('single').float() < shape.singles
      const count = isSingle ? 1 : 2 + draw.fork('events').below(shape.bulkEventsMax - 1)
      const good = ofProject.slice(taken, taken + count).map(asItem)
      taken += good.length
      requests.push(withBad(draw, good, shape.badEvents))
    }
  }
  if (index === 0) requests.push(withOversized(entropy.fork('oversized')))
  const atMs = (what: string): number => {
    const draw = entropy.fork(`at ${what}`)
    const ms = Math.floor(draw.float() * shape.durationMs)
    return draw.fork('together').float() < shape.together ? Math.floor(ms / TOGETHER_MS) * TOGETHER_MS : ms
  }
  const isMine = (_: unknown, place: number): boolean => place % shape.clients.length === index
  return [
    ...requests.map((items, place) => sendOf(atMs(`request ${place}`), items)),
    ...BAD_REQUESTS.filter(isMine).map((bad): Send => ({ kind: 'bad-request', atMs: atMs(bad.name), bad })),
  ].toSorted((a, b) => a.atMs - b.atMs)
}

/** Bad events at drawn places among good ones, which then travel in bulk. */
function withBad(draw: Entropy, good: readonly SendItem[], badEvents: number): readonly SendItem[] {
  const items = [...good]
  for (let place = good.length; place >= 0; place--) {
    const here = draw.fork(`bad ${place}`)
    if (here.float() < badEvents) items.splice(place, 0, asBad(BAD_EVENTS[here.fork('which').below(BAD_EVENTS.length)]))
  }
  return items
}

/** Alone in every other seed, and among other bad ones in the rest: where a request fails whole and where an event does. */
function withOversized(draw: Entropy): readonly SendItem[] {
  return draw.float() < 0.5 ? [asBad(OVERSIZED)] : [asBad(BAD_EVENTS[0]), asBad(OVERSIZED)]
}

function sendOf(atMs: number, items: readonly SendItem[]): EventsSend {
  const project = items.find(item => item.kind === 'event')?.event.project ?? PROJECTS.birds
  return { kind: 'events', atMs, form: items.length === 1 ? 'single' : 'bulk', project, items }
}

function asBad(bad: BadEvent = OVERSIZED): SendItem {
  return { kind: 'bad', bad }
}

function asItem(event: SourceEvent): SendItem {
  return { kind: 'event', event }
}

function byProject(events: readonly SourceEvent[]): readonly (readonly SourceEvent[])[] {
  return [...Map.groupBy(events, event => event.project).values()]
}

function rotate<T>(list: readonly T[], by: number): readonly T[] {
  return [...list.slice(by), ...list.slice(0, by)]
}
