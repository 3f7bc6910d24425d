// The real data: three files of npm's vega-datasets, read and parsed when this module is loaded, which is before any world
// starts. 20,000 flights are flat, 1,707 earthquakes nested with nulls and lists, 10,000 bird strikes have names with spaces.

import { csvParse } from 'd3-dsv'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { SourceEvent } from '../source-event.ts'

/** Flights and bird strikes are one project's, earthquakes another's: no key may read the other's. */
export const PROJECTS = { birds: '4fea721933da5b4e8e000002', ground: '593ffe1ac9e77c0001ee3719' } as const

/** Columns of bird strikes. */
const NUMERIC = /^(Cost |Speed )/

const FOLDER = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '../data')

export const FLIGHTS: readonly SourceEvent[] = readFlights()
export const EARTHQUAKES: readonly SourceEvent[] = readEarthquakes()
export const BIRD_STRIKES: readonly SourceEvent[] = readBirdStrikes()

/** Every third comes with its time. `2001/01/01 00:47` is turned into the forms that clients are seen to send. */
function readFlights(): readonly SourceEvent[] {
  const flights = JSON.parse(readText('flights-20k.json')) as readonly (Record<string, unknown> & { date: string })[]
  return flights.map((properties, index) => {
    const event = { key: keyOf('flights', index), project: PROJECTS.birds, collection: 'flights', properties }
    if (index % 3 !== 0) return event
    const ms = epochMsOfDate(properties.date)
    return { ...event, timestamp: { text: timestampText(ms, index), ms } }
  })
}

/** All come with their time, every second with its place. */
function readEarthquakes(): readonly SourceEvent[] {
  const { features } = JSON.parse(readText('earthquakes.json')) as { readonly features: readonly Earthquake[] }
  return features.map((feature, index) => {
    const ms = feature.properties.time
    const [longitude, latitude] = feature.geometry.coordinates
    return {
      key: keyOf('earthquakes', index),
      project: PROJECTS.ground,
      collection: 'earthquakes',
      properties: { ...feature },
      timestamp: { text: timestampText(ms, index), ms },
      ...(index % 2 === 0 ? { location: { coordinates: [longitude, latitude] as const } } : {}),
    }
  })
}

interface Earthquake {
  readonly properties: { readonly time: number }
  readonly geometry: { readonly coordinates: readonly [number, number, number] }
}

/** Numbers are numbers; every hundredth comes with its day, so that old months are written to as well. */
function readBirdStrikes(): readonly SourceEvent[] {
  return csvParse(readText('birdstrikes.csv')).map((row, index) => {
    const properties = Object.fromEntries(Object.entries(row).map(([name, text]) => [name, valueOf(name, text)]))
    const event = { key: keyOf('strikes', index), project: PROJECTS.birds, collection: 'bird strikes', properties }
    if (index % 100 !== 0) return event
    const ms = epochMsOfDate(row['Flight Date'] ?? '')
    return { ...event, timestamp: { text: timestampText(ms, index), ms } }
  })
}

function valueOf(column: string, text: string): string | number | null {
  if (!NUMERIC.test(column)) return text
  return text === '' ? null : Number(text)
}

function keyOf(set: string, index: number): string {
  return `${set}-${String(index).padStart(5, '0')}`
}

function epochMsOfDate(text: string): number {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = (text.match(/[0-9]+/g) ?? []).map(Number)
  return Date.UTC(year, month - 1, day, hour, minute)
}

/** One moment in four forms: with Z, with an offset, without a zone (which is UTC), with microseconds. */
function timestampText(ms: number, index: number): string {
  const iso = new Date(ms).toISOString()
  switch (index % 4) {
    case 0:
      return iso
    case 1:
      return `${new Date(ms + 2 * 3_600_000).toISOString().slice(0, -1)}+02:00`
    case 2:
      return iso.slice(0, -1)
    default:
      return `${iso.slice(0, -1)}000-00:00`
  }
}

function readText(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8')
}
