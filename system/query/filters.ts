// The filters of a query: checked once, then plain data that any thread can be given.

import { parseInstant } from './instant.ts'
import { compileRegex, RegexSyntaxError } from './linear-regex.ts'
import type { PropertyPath } from './property-path.ts'
import { isSamePath, parsePropertyPath } from './property-path.ts'
import { QueryError } from './query-error.ts'

export type Scalar = string | number | boolean | null

export type Test =
  | { readonly operator: 'eq' | 'ne'; readonly value: Scalar }
  | { readonly operator: 'lt' | 'lte' | 'gt' | 'gte'; readonly value: string | number }
  | { readonly operator: 'exists'; readonly value: boolean }
  | { readonly operator: 'in'; readonly value: readonly Scalar[] }
  | { readonly operator: 'contains' | 'not_contains'; readonly value: string | number | boolean }
  | { readonly operator: 'within'; readonly value: Circle }
  | { readonly operator: 'regex'; readonly value: string }

export interface Circle {
  readonly longitude: number
  readonly latitude: number
  readonly milesMax: number
}

export type Filter =
  | { readonly kind: 'property'; readonly path: PropertyPath; readonly test: Test }
  | { readonly kind: 'or'; readonly filters: readonly Filter[] }

/** Of one query, those inside `or` counted too. */
export const FILTERS_MAX = 1_000
export const FILTER_DEPTH_MAX = 10
export const IN_VALUES_MAX = 10_000

/** All must hold. Throws FilterDefinitionError, naming the filter by its index and the operator. */
export function parseFilters(given: unknown): readonly Filter[] {
  if (given === undefined || given === null || given === '') return []
  if (!Array.isArray(given)) throw wrong('filters', 'is no list of filters')
  return parseList(given, { where: 'filters', depth: 0, budget: { left: FILTERS_MAX } })
}

interface Place {
  readonly where: string
  readonly depth: number
  readonly budget: { left: number }
}

function parseList(given: readonly unknown[], place: Place): readonly Filter[] {
  if (place.depth > FILTER_DEPTH_MAX) throw wrong(place.where, `is nested deeper than ${FILTER_DEPTH_MAX}`)
  return given.map((one, index) => {
    const where = `${place.where}[${index}]`
    if (--place.budget.left < 0) throw wrong(where, `is one too many: a query has at most ${FILTERS_MAX} filters`)
    return parseFilter(one, { ...place, where })
  })
}

function parseFilter(given: unknown, place: Place): Filter {
  const { where } = place
  if (!isObject(given)) throw wrong(where, 'is no object with property_name, operator and property_value')
  const operator = given['operator']
  if (typeof operator !== 'string') throw wrong(where, 'has no operator')
  if (operator === 'or') {
    const operands = given['operands']
    if (!Array.isArray(operands) || operands.length === 0) {
      throw wrong(where, 'has operator or, but its operands are no list of filters')
    }
    return {
      kind: 'or',
      filters: parseList(operands, { ...place, where: `${where}.operands`, depth: place.depth + 1 }),
    }
  }
  const path = pathOf(given['property_name'], where)
  if (!Object.hasOwn(given, 'property_value'))
    throw wrong(where, `has operator ${shown(operator)} and no property_value`)
  const value: unknown = given['property_value']
  const isTime = TIME_PATHS.some(time => isSamePath(time, path))
  const test = isTime ? timeTest(operator, value) : plainTest(operator, value)
  if (typeof test === 'string') throw wrong(where, `has operator ${shown(operator)}${test}`)
  return { kind: 'property', path, test }
}

/** A text is what is wrong with it, to follow the operator. */
function plainTest(operator: string, value: unknown): Test | string {
  switch (operator) {
    case 'eq':
    case 'ne':
      return isScalar(value) ? { operator, value } : ', which compares with a text, a number, true, false or null'
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      if (typeof value === 'string' || typeof value === 'number') return { operator, value }
      return ', which compares with a text or a number'
    case 'exists':
      if (value === true || value === 'true') return { operator, value: true }
      return value === false || value === 'false'
        ? { operator, value: false }
        : ', whose property_value is true or false'
    case 'in':
      if (!Array.isArray(value) || !value.every(isScalar)) return ', whose property_value is a list of plain values'
      return value.length > IN_VALUES_MAX ? ` and more than ${IN_VALUES_MAX} values` : { operator, value }
    case 'contains':
    case 'not_contains':
      if (isScalar(value) && value !== null) return { operator, value }
      return ', whose property_value is a text, a number, true or false'
    case 'within':
      return withinTest(value)
    case 'regex':
      return regexTest(value)
    default:
      return ', which is unknown'
  }
}

/** keen.timestamp and keen.created_at are times, and compare with times only. */
function timeTest(operator: string, value: unknown): Test | string {
  switch (operator) {
    case 'eq':
    case 'ne':
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte': {
      if (value === null && (operator === 'eq' || operator === 'ne')) return { operator, value }
      const time = timeOf(value)
      return time === undefined ? NOT_A_TIME : { operator, value: time }
    }
    case 'in': {
      if (!Array.isArray(value)) return plainTest(operator, value)
      const times = value.slice(0, IN_VALUES_MAX + 1).map(timeOf)
      return times.every(time => time !== undefined) ? plainTest(operator, times) : NOT_A_TIME
    }
    case 'exists':
      return plainTest(operator, value)
    case 'contains':
    case 'not_contains':
    case 'within':
    case 'regex':
      return ', which does not apply to a time'
    default:
      return ', which is unknown'
  }
}

const NOT_A_TIME = ' on a time, and its property_value is no date and time in ISO 8601'

function timeOf(value: unknown): number | undefined {
  const written = typeof value === 'string' ? parseInstant(value) : undefined
  return written === undefined ? undefined : written.localMs - (written.offsetMs ?? 0)
}

function withinTest(value: unknown): Test | string {
  const wanted = ', whose property_value is {"coordinates": [longitude, latitude], "max_distance_miles": number}'
  if (!isObject(value) || !Array.isArray(value['coordinates'])) return wanted
  const [longitude, latitude, ...others] = value['coordinates'] as readonly unknown[]
  const milesMax = value['max_distance_miles']
  if (typeof longitude !== 'number' || typeof latitude !== 'number' || others.length > 0) return wanted
  if (typeof milesMax !== 'number' || !(milesMax >= 0)) return wanted
  if (Math.abs(longitude) > 180 || Math.abs(latitude) > 90) return ' and coordinates that are not on Earth'
  return { operator: 'within', value: { longitude, latitude, milesMax } }
}

function regexTest(value: unknown): Test | string {
  if (typeof value !== 'string') return ', whose property_value is a regular expression'
  try {
    compileRegex(value)
    return { operator: 'regex', value }
  } catch (error) {
    if (error instanceof RegexSyntaxError) return ` and a regular expression that ${error.message}`
    throw error
  }
}

function pathOf(name: unknown, where: string): PropertyPath {
  try {
    return parsePropertyPath(name, 'property_name')
  } catch (error) {
    throw wrong(where, `is malformed: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wrong(where: string, what: string): QueryError {
  return new QueryError('FilterDefinitionError', `The filter ${where} ${what}.`)
}

function shown(operator: string): string {
  return operator.slice(0, 50)
}

const TIME_PATHS: readonly PropertyPath[] = [
  ['keen', 'timestamp'],
  ['keen', 'created_at'],
]
