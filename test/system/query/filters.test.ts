import { describe, expect, test } from 'vitest'
import { parseFilters } from '../../../system/query/filters.ts'
import { QueryError } from '../../../system/query/query-error.ts'
import { narrowToFilters, pathsOfFilters } from '../../../system/query/select-rows.ts'
import { makeBlock } from '../../../system/store/block.ts'
import { readHeaderPiece } from '../../../system/store/block-header.ts'
import { openColumns } from '../../../system/store/open-block.ts'

/** One event each: the values of the property `p`. */
const VALUES: Readonly<Record<string, unknown>> = {
  missing: undefined,
  null: null,
  true: true,
  false: false,
  zero: 0,
  five: 5,
  half: 5.5,
  empty: '',
  text5: '5',
  hello: 'hello',
  world: 'world',
  numbers: [1, 5, null],
  texts: ['hello', 'you'],
  none: [],
  objects: [{ q: 5 }],
  here: [-122.42, 37.77],
  parent: { q: 5 },
  hollow: {},
}

/** The names of the values that pass. */
function passing(operator: string, value: unknown, property = 'p'): string {
  return passingFilters([{ property_name: property, operator, property_value: value }])
}

function passingFilters(filters: unknown): string {
  const names = Object.keys(VALUES)
  const events = names.map((name, index) => ({
    offset: index,
    index: 0,
    timestamp: Date.UTC(2026, 0, 1 + index),
    createdAt: Date.UTC(2026, 1, 1),
    properties: VALUES[name] === undefined ? {} : { p: VALUES[name] },
  }))
  const place = { project: 'p', collection: 'c', month: 672, log: 1, partition: 0, start: 0, end: events.length }
  const block = makeBlock(place, events)
  const header = readHeaderPiece(block.id, block.pieces[0]!)
  const parsed = parseFilters(filters)
  const paths = pathsOfFilters(parsed).map(path => path.join('.'))
  const columns = openColumns(header, new Map(block.pieces.entries()), entry => paths.includes(entry.path.join('.')))
  const mask = new Uint8Array(events.length).fill(1)
  narrowToFilters(mask, { header, columns }, parsed)
  return names.filter((_, row) => mask[row] === 1).join(' ')
}

function allBut(...names: readonly string[]): string {
  return Object.keys(VALUES)
    .filter(name => !names.includes(name))
    .join(' ')
}

describe('a filter', () => {
  test.each([
    ['eq', 5, 'five numbers'],
    ['eq', '5', 'text5'],
    ['eq', 'hello', 'hello texts'],
    ['eq', '', 'empty'],
    ['eq', true, 'true'],
    ['eq', false, 'false'],
    ['eq', 0, 'zero'],
    ['eq', null, 'missing null numbers'],
    ['ne', 5, allBut('five', 'numbers')],
    ['ne', 'hello', allBut('hello', 'texts')],
    ['ne', null, allBut('missing', 'null', 'numbers')],
    ['lt', 5, 'zero'],
    ['lte', 5, 'zero five'],
    ['gt', 5, 'half'],
    ['gte', 5, 'five half'],
    ['lt', 'hello', 'empty text5'],
    ['lte', 'hello', 'empty text5 hello'],
    ['gt', 'hello', 'world'],
    ['gte', 'hello', 'hello world'],
    ['exists', true, allBut('missing')],
    ['exists', 'true', allBut('missing')],
    ['exists', false, 'missing'],
    ['exists', 'false', 'missing'],
    ['in', [5, 'world', true], 'true five world numbers'],
    ['in', [null], 'missing null numbers'],
    ['in', [], ''],
    ['contains', 'ell', 'hello'],
    ['contains', 'hello', 'hello texts'],
    ['contains', 5, 'numbers'],
    ['contains', '', 'empty text5 hello world'],
    ['not_contains', 'hello', allBut('hello', 'texts')],
    ['within', { coordinates: [-122.4, 37.8], max_distance_miles: 3 }, 'here'],
    ['within', { coordinates: [-122.4, 37.8], max_distance_miles: 2 }, ''],
    ['regex', '^(hell|w)o', 'hello world'],
    ['regex', '5', 'text5'],
  ])('%s %j passes: %s', (operator, value, expected) => {
    expect(passing(operator, value)).toBe(expected)
  })

  test('looks below a property that is an object', () => {
    expect(passing('eq', 5, 'p.q')).toBe('parent')
    expect(passing('exists', true, 'p.q')).toBe('parent')
    expect(passing('exists', false, 'p.q')).toBe(allBut('parent'))
  })

  test.each([
    ['gte', '2026-01-03', Object.keys(VALUES).slice(2).join(' ')],
    ['lt', '2026-01-02T00:00:00.000Z', 'missing'],
    ['eq', '2026-01-01T01:00:00+01:00', 'missing'],
    ['ne', '2026-01-01T00:00:00Z', allBut('missing')],
    ['in', ['2026-01-01', '2026-01-02'], 'missing null'],
    ['exists', true, allBut()],
    ['ne', null, allBut()],
  ])('keen.timestamp %s %j compares times', (operator, value, expected) => {
    expect(passing(operator, value, 'keen.timestamp')).toBe(expected)
  })

  test('compares keen.created_at as a time and keen.id as a text', () => {
    expect(passing('gt', '2026-01-31', 'keen.created_at')).toBe(allBut())
    expect(passing('gt', '2026-02-01', 'keen.created_at')).toBe('')
    expect(passing('eq', '0100000000000003000002a0', 'keen.id')).toBe('false')
    expect(passing('exists', true, 'keen.id')).toBe(allBut())
    expect(passing('exists', true, 'keen')).toBe(allBut())
  })

  test('in a list must hold together with all others', () => {
    const filters = [
      { property_name: 'p', operator: 'gt', property_value: 0 },
      { property_name: 'p', operator: 'lt', property_value: 5.2 },
    ]
    expect(passingFilters(filters)).toBe('five')
    expect(passingFilters([])).toBe(allBut())
    expect(passingFilters(undefined)).toBe(allBut())
  })

  test('or holds where one of its operands does, at any depth', () => {
    const eq = (value: unknown): unknown => ({ property_name: 'p', operator: 'eq', property_value: value })
    const or = (...operands: unknown[]): unknown => ({ operator: 'or', operands })
    expect(passingFilters([or(eq(true), or(eq('hello'), eq(5.5)))])).toBe('true half hello texts')
    expect(passingFilters([or(eq(true), eq(false)), or(eq(false), eq(5))])).toBe('false')
  })
})

describe('a malformed filter', () => {
  const long = Array.from({ length: 1_001 }, () => ({ property_name: 'p', operator: 'exists', property_value: true }))
  let deep: unknown = { property_name: 'p', operator: 'exists', property_value: true }
  for (let depth = 0; depth < 12; depth++) deep = { operator: 'or', operands: [deep] }

  test.each([
    [{ property_name: 'p', operator: 'like', property_value: 5 }, 'filters[1]', 'like'],
    [{ property_name: 'p', operator: 'eq', property_value: [5] }, 'filters[1]', 'eq'],
    [{ property_name: 'p', operator: 'eq', property_value: {} }, 'filters[1]', 'eq'],
    [{ property_name: 'p', operator: 'lt', property_value: null }, 'filters[1]', 'lt'],
    [{ property_name: 'p', operator: 'gt', property_value: true }, 'filters[1]', 'gt'],
    [{ property_name: 'p', operator: 'in', property_value: 5 }, 'filters[1]', 'in'],
    [{ property_name: 'p', operator: 'in', property_value: [[5]] }, 'filters[1]', 'in'],
    [{ property_name: 'p', operator: 'in', property_value: Array(10_001).fill(1) }, 'filters[1]', '10000'],
    [{ property_name: 'p', operator: 'exists', property_value: 1 }, 'filters[1]', 'exists'],
    [{ property_name: 'p', operator: 'contains', property_value: null }, 'filters[1]', 'contains'],
    [{ property_name: 'p', operator: 'within', property_value: { coordinates: [1] } }, 'filters[1]', 'within'],
    [{ property_name: 'p', operator: 'within', property_value: 5 }, 'filters[1]', 'within'],
    [{ property_name: 'p', operator: 'regex', property_value: '(' }, 'filters[1]', 'regex'],
    [{ property_name: 'p', operator: 'regex', property_value: 5 }, 'filters[1]', 'regex'],
    [{ property_name: 'keen.timestamp', operator: 'gt', property_value: 5 }, 'filters[1]', 'ISO 8601'],
    [{ property_name: 'keen.timestamp', operator: 'gt', property_value: 'soon' }, 'filters[1]', 'ISO 8601'],
    [{ property_name: 'keen.timestamp', operator: 'contains', property_value: '2026' }, 'filters[1]', 'contains'],
    [{ property_name: '', operator: 'eq', property_value: 5 }, 'filters[1]', 'property_name'],
    [{ operator: 'eq', property_value: 5 }, 'filters[1]', 'property_name'],
    [{ property_name: 'p', operator: 'eq' }, 'filters[1]', 'property_value'],
    [{ property_name: 'p', property_value: 5 }, 'filters[1]', 'operator'],
    [{ operator: 'or', operands: [] }, 'filters[1]', 'or'],
    [{ operator: 'or', operands: [{ operator: 'or' }] }, 'filters[1].operands[0]', 'or'],
    ['p = 5', 'filters[1]', 'object'],
    [null, 'filters[1]', 'object'],
    [deep, 'filters[1]', 'deeper than 10'],
    [{ operator: 'or', operands: long }, 'filters[1].operands', '1000'],
  ])('is a FilterDefinitionError that names it: %j', (filter, where, what) => {
    const sound = { property_name: 'p', operator: 'eq', property_value: 5 }
    const error = errorOf(() => parseFilters([sound, filter]))
    expect(error).toMatchObject({ code: 'FilterDefinitionError', status: 400 })
    expect(error.message).toContain(where)
    expect(error.message).toContain(what)
  })

  test('and a list that is none are refused', () => {
    expect(errorOf(() => parseFilters('p = 5')).code).toBe('FilterDefinitionError')
    expect(errorOf(() => parseFilters({})).code).toBe('FilterDefinitionError')
  })
})

function errorOf(work: () => unknown): QueryError {
  try {
    work()
  } catch (error) {
    if (error instanceof QueryError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
