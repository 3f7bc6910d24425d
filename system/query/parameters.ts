// The parameters of a query, checked. Unknown ones are passed over, as Keen's clients send more than a query needs; ones that
// would change the answer and are not served are refused.

import type { EpochMs } from '../runtime/clock.ts'
import type { Filter } from './filters.ts'
import { parseFilters } from './filters.ts'
import type { PropertyPath } from './property-path.ts'
import { parsePropertyPath } from './property-path.ts'
import { QueryError } from './query-error.ts'
import type { QueryLimits } from './query-limits.ts'
import type { ScanOutput } from './scan-block.ts'
import type { Timeframe } from './timeframe.ts'
import { parseTimeframe } from './timeframe.ts'

export interface Query {
  readonly collection: string
  readonly timeframe: Timeframe | undefined
  readonly filters: readonly Filter[]
  readonly output: ScanOutput
  readonly isMetadataWanted: boolean
}

export type QueryParameters = Readonly<Record<string, unknown>>

/** Structured parameters may be JSON text, as in a URL. Throws QueryError. */
export function parseQuery(
  request: { readonly analysis: string; readonly parameters: QueryParameters },
  given: { readonly nowMs: EpochMs; readonly limits: QueryLimits },
): Query {
  const { analysis, parameters } = request
  if (analysis !== 'count' && analysis !== 'extraction') {
    throw new QueryError('ResourceNotFoundError', `This server has no analysis ${String(analysis).slice(0, 50)}.`)
  }
  const collection = parameters['event_collection']
  if (collection === undefined || collection === null || collection === '') throw missing('event_collection')
  if (typeof collection !== 'string') throw invalid('event_collection', 'must be a text')
  refuseUnserved(analysis, parameters)
  const timeframe = parseTimeframe(
    { timeframe: structured(parameters['timeframe']), timezone: parameters['timezone'] },
    given.nowMs,
  )
  return {
    collection,
    timeframe,
    filters: parseFilters(structured(parameters['filters'])),
    output: analysis === 'count' ? { kind: 'count' } : parseExtraction(parameters, given.limits),
    isMetadataWanted: parameters['include_metadata'] === true || parameters['include_metadata'] === 'true',
  }
}

function parseExtraction(parameters: QueryParameters, limits: QueryLimits): ScanOutput {
  return {
    kind: 'events',
    properties: parseProperties(structured(parameters['property_names'])),
    latest: parseLatest(parameters['latest'], limits.extractionEventsMax),
  }
}

function parseProperties(given: unknown): readonly PropertyPath[] | undefined {
  if (given === undefined || given === null || given === '') return undefined
  const names: readonly unknown[] = Array.isArray(given) ? given : [given]
  if (names.length > PROPERTY_NAMES_MAX) throw invalid('property_names', `has more than ${PROPERTY_NAMES_MAX} names`)
  return names.length === 0 ? undefined : names.map(name => parsePropertyPath(name, 'property_names'))
}

function parseLatest(given: unknown, max: number): number | undefined {
  if (given === undefined || given === null || given === '') return undefined
  const latest = typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : given
  if (typeof latest !== 'number' || !Number.isInteger(latest) || latest < 1 || latest > max) {
    throw invalid('latest', `must be an integer from 1 to extractionEventsMax, ${max}`)
  }
  return latest
}

/** What would make the answer another one must not be passed over in silence. */
function refuseUnserved(analysis: 'count' | 'extraction', parameters: QueryParameters): void {
  for (const name of UNSERVED[analysis]) {
    const value = parameters[name]
    if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)) continue
    throw new QueryError('UnsupportedParameterError', `This server does not serve ${analysis} with ${name}.`)
  }
}

const UNSERVED: Readonly<Record<'count' | 'extraction', readonly string[]>> = {
  count: ['interval', 'group_by', 'order_by'],
  extraction: ['email', 'email_address'],
}

/** A URL's parameter that is a list, an object or a quoted text. What is no JSON stays as it is. */
function structured(given: unknown): unknown {
  if (typeof given !== 'string' || !/^\s*[[{"]/.test(given)) return given
  try {
    return JSON.parse(given) as unknown
  } catch {
    return given
  }
}

const PROPERTY_NAMES_MAX = 1_000

function missing(name: string): QueryError {
  return new QueryError('MissingRequiredRequestFieldError', `The required parameter ${name} is missing.`)
}

function invalid(name: string, what: string): QueryError {
  return new QueryError('InvalidParameterError', `The parameter ${name} ${what}.`)
}
