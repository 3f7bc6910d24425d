import { describe, expect, test } from 'vitest'
import { epochMsOf, formatQuery, inTimeframe, passes } from '../../scenarios/query.ts'
import type { Filter } from '../../scenarios/query.ts'

const EVENT = { delay: 5, origin: 'LAS', sent: { attempt: 2 }, tags: ['a', 'b'], none: null, isLate: true }

describe('an event passes', () => {
  test.each([
    ['delay', 'eq', 5, true],
    ['delay', 'eq', '5', false],
    ['tags', 'eq', 'b', true],
    ['absent', 'eq', 5, false],
    ['delay', 'ne', 5, false],
    ['delay', 'ne', 6, true],
    ['absent', 'ne', 5, true],
    ['sent.attempt', 'gte', 2, true],
    ['sent.attempt', 'gt', 2, false],
    ['delay', 'lt', 6, true],
    ['delay', 'lte', 4, false],
    ['origin', 'gt', 'LAR', true],
    ['origin', 'gt', 5, false],
    ['none', 'lt', 5, false],
    ['origin', 'in', ['LAS', 'PHX'], true],
    ['origin', 'in', ['PHX'], false],
    ['delay', 'in', [4, 5], true],
    ['origin', 'contains', 'AS', true],
    ['delay', 'contains', '5', false],
    ['origin.name', 'eq', 'LAS', false],
    ['isLate', 'eq', true, true],
  ] as const)('%s %s %j: %s', (property_name, operator, property_value, expected) => {
    const filter: Filter = { property_name, operator, property_value }
    expect(passes([filter], EVENT)).toBe(expected)
    expect(passes([], EVENT)).toBe(true)
  })
})

describe('a moment lies in a timeframe', () => {
  const at = (iso: string): number => epochMsOf(iso)
  const noon = at('2026-01-01T12:00:00.000Z')
  const asked = { minMs: noon, maxMs: noon + 500 }
  test.each([
    [undefined, '1970-01-01T00:00:00.000Z', 'yes'],
    [{ start: '2026-01-01T12:00:00.000Z', end: '2026-01-01T13:00:00.000Z' }, '2026-01-01T12:00:00.000Z', 'yes'],
    [{ start: '2026-01-01T12:00:00.000Z', end: '2026-01-01T13:00:00.000Z' }, '2026-01-01T13:00:00.000Z', 'no'],
    [{ start: '2026-01-01T12:00:00.000Z', end: '2026-01-01T13:00:00.000Z' }, '2026-01-01T11:59:59.999Z', 'no'],
    ['this_1_hours', '2026-01-01T12:59:59.999Z', 'yes'],
    ['this_1_hours', '2026-01-01T11:59:59.999Z', 'no'],
    ['this_2_hours', '2026-01-01T11:00:00.000Z', 'yes'],
    ['this_1_days', '2026-01-01T00:00:00.000Z', 'yes'],
    ['this_2_days', '2025-12-30T23:59:59.999Z', 'no'],
    ['this_10_minutes', '2026-01-01T11:51:00.000Z', 'yes'],
    ['this_10_minutes', '2026-01-01T11:50:59.999Z', 'no'],
  ] as const)('%j holds %s: %s', (timeframe, iso, expected) => {
    expect(inTimeframe(timeframe, { minMs: at(iso), maxMs: at(iso) }, asked)).toBe(expected)
  })

  test('perhaps, where the present unit may have changed while the query was on its way', () => {
    const across = { minMs: noon - 10, maxMs: noon + 10 }
    const just = (iso: string): string => inTimeframe('this_1_hours', { minMs: at(iso), maxMs: at(iso) }, across)
    expect(just('2026-01-01T11:30:00.000Z')).toBe('maybe')
    expect(just('2026-01-01T12:30:00.000Z')).toBe('maybe')
    expect(just('2026-01-01T10:59:59.999Z')).toBe('no')
    expect(just('2026-01-01T13:00:00.000Z')).toBe('no')
  })

  test('perhaps, where it is not known exactly itself', () => {
    expect(inTimeframe('this_1_hours', { minMs: noon - 1, maxMs: noon + 1 }, asked)).toBe('maybe')
  })
})

test('a time in any other form than the one that scenarios use is none', () => {
  expect(epochMsOf('2026-01-01T12:00:00.123Z')).toBe(Date.UTC(2026, 0, 1, 12, 0, 0, 123))
  for (const text of [
    '2026-01-01',
    '2026-01-01T12:00:00Z',
    '2026-01-01T12:00:00.000+',
    '2026-01-0aT12:00:00.000Z',
    '',
  ]) {
    expect(epochMsOf(text)).toBeNaN()
  }
})

test('two queries that ask the same have one text', () => {
  const query = { analysis: 'count', project: 'p', collection: 'c', filters: [] } as const
  expect(formatQuery({ ...query })).toBe(formatQuery(query))
  expect(formatQuery({ ...query, timeframe: 'this_1_days' })).not.toBe(formatQuery(query))
})
