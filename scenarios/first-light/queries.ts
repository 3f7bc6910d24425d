// What readers ask over and over, and what is asked at the end.

import type { Filter, Query, Timeframe } from '../query.ts'
import { PROJECTS } from './data-sets.ts'

type Asked = Pick<Query, 'analysis' | 'filters' | 'timeframe'>

const FLIGHTS: readonly Asked[] = [
  count(),
  count([{ property_name: 'origin', operator: 'in', property_value: ['LAS', 'PHX', 'DTW', 'ATL'] }]),
  extraction([{ property_name: 'delay', operator: 'gt', property_value: 30 }]),
  count([], { start: '2001-02-01T00:00:00.000Z', end: '2001-03-01T00:00:00.000Z' }),
  extraction([{ property_name: 'origin', operator: 'eq', property_value: 'LAS' }], 'this_2_days'),
  extraction([{ property_name: 'sent.attempt', operator: 'gte', property_value: 2 }]),
]

const EARTHQUAKES: readonly Asked[] = [
  extraction([{ property_name: 'properties.mag', operator: 'gte', property_value: 2.5 }]),
  count([{ property_name: 'properties.place', operator: 'contains', property_value: 'Alaska' }]),
  extraction([], { start: '2018-02-03T00:00:00.000Z', end: '2018-02-04T00:00:00.000Z' }),
  count([{ property_name: 'properties.tsunami', operator: 'eq', property_value: 0 }]),
]

const BIRD_STRIKES: readonly Asked[] = [
  extraction([{ property_name: 'Cost Total $', operator: 'gt', property_value: 0 }]),
  count([{ property_name: 'Wildlife Size', operator: 'ne', property_value: 'Small' }], 'this_1_days'),
  count([], 'this_10_minutes'),
  count([], { start: '1990-01-01T00:00:00.000Z', end: '1996-01-01T00:00:00.000Z' }),
]

/** The other project's collection of the same name, which nobody writes to: no key may see what is not its project's. */
const NOTHING: readonly Asked[] = [extraction()]

export const COLLECTIONS: readonly Pick<Query, 'project' | 'collection'>[] = [
  { project: PROJECTS.birds, collection: 'flights' },
  { project: PROJECTS.ground, collection: 'earthquakes' },
  { project: PROJECTS.birds, collection: 'bird strikes' },
  { project: PROJECTS.ground, collection: 'flights' },
]

const ASKED: readonly (readonly Asked[])[] = [FLIGHTS, EARTHQUAKES, BIRD_STRIKES, NOTHING]

const PANEL: readonly Query[] = COLLECTIONS.flatMap((of, index) => (ASKED[index] ?? []).map(one => ({ ...of, ...one })))

/** Taken from all collections in turn. */
export const READER_QUERIES: readonly Query[] = PANEL.toSorted((a, b) => place(a) - place(b))

/** All of each collection, which is the visible set, before and after every query once more, each both ways. */
export const FINAL_QUERIES: readonly Query[] = [
  ...COLLECTIONS.map(of => ({ ...of, ...extraction() })),
  ...COLLECTIONS.map(of => ({ ...of, ...count() })),
  ...PANEL.filter(query => query.filters.length > 0 || query.timeframe !== undefined).flatMap(query => [
    { ...query, analysis: 'count' as const },
    { ...query, analysis: 'extraction' as const },
  ]),
  ...COLLECTIONS.map(of => ({ ...of, ...extraction() })),
]

/** How many queries of its collection come before it. */
function place(query: Query): number {
  return PANEL.filter(other => other.collection === query.collection && other.project === query.project).indexOf(query)
}

function count(filters: readonly Filter[] = [], timeframe?: Timeframe): Asked {
  return { analysis: 'count', filters, ...(timeframe === undefined ? {} : { timeframe }) }
}

function extraction(filters: readonly Filter[] = [], timeframe?: Timeframe): Asked {
  return { analysis: 'extraction', filters, ...(timeframe === undefined ? {} : { timeframe }) }
}
