import { describe, expect, test } from 'vitest'
import { QueryError } from '../../../system/query/query-error.ts'
import { parseTimeframe } from '../../../system/query/timeframe.ts'

/** A Friday, in the evening. */
const NOW = '2015-06-12T19:15:42.500Z'

function timeframe(given: unknown, timezone?: unknown, now: string = NOW): string {
  const parsed = parseTimeframe({ timeframe: given, timezone }, new Date(now).getTime())
  if (parsed === undefined) return 'all time'
  const text = (ms: number): string => new Date(ms).toISOString().replace(/(:00)?\.000Z$/, 'Z')
  return `${text(parsed.start)} ${text(parsed.end)}`
}

describe('a relative timeframe', () => {
  test.each([
    ['this_minute', '2015-06-12T19:15Z 2015-06-12T19:16Z'],
    ['this_1_minutes', '2015-06-12T19:15Z 2015-06-12T19:16Z'],
    ['previous_minute', '2015-06-12T19:14Z 2015-06-12T19:15Z'],
    ['this_hour', '2015-06-12T19:00Z 2015-06-12T20:00Z'],
    ['previous_7_hours', '2015-06-12T12:00Z 2015-06-12T19:00Z'],
    ['this_day', '2015-06-12T00:00Z 2015-06-13T00:00Z'],
    ['today', '2015-06-12T00:00Z 2015-06-13T00:00Z'],
    ['yesterday', '2015-06-11T00:00Z 2015-06-12T00:00Z'],
    ['previous_3_days', '2015-06-09T00:00Z 2015-06-12T00:00Z'],
    ['this_10_days', '2015-06-03T00:00Z 2015-06-13T00:00Z'],
    ['this_week', '2015-06-07T00:00Z 2015-06-14T00:00Z'],
    ['previous_2_weeks', '2015-05-24T00:00Z 2015-06-07T00:00Z'],
    ['last_2_weeks', '2015-05-24T00:00Z 2015-06-07T00:00Z'],
    ['last_week', '2015-05-31T00:00Z 2015-06-07T00:00Z'],
    ['this_month', '2015-06-01T00:00Z 2015-07-01T00:00Z'],
    ['previous_month', '2015-05-01T00:00Z 2015-06-01T00:00Z'],
    ['this_7_months', '2014-12-01T00:00Z 2015-07-01T00:00Z'],
    ['this_year', '2015-01-01T00:00Z 2016-01-01T00:00Z'],
    ['previous_2_years', '2013-01-01T00:00Z 2015-01-01T00:00Z'],
    ['"this_7_days"', '2015-06-06T00:00Z 2015-06-13T00:00Z'],
  ])('%s is %s', (given, expected) => {
    expect(timeframe(given)).toBe(expected)
  })

  test.each([
    ['the day begins in the zone', 'this_day', 'US/Pacific', NOW, '2015-06-12T07:00Z 2015-06-13T07:00Z'],
    ['a fixed distance in seconds', 'this_day', -28_800, NOW, '2015-06-12T08:00Z 2015-06-13T08:00Z'],
    ['the same as text', 'this_day', '-28800', NOW, '2015-06-12T08:00Z 2015-06-13T08:00Z'],
    ['zero as text', 'this_day', '0', NOW, '2015-06-12T00:00Z 2015-06-13T00:00Z'],
    ['a name in quotes', 'this_day', '"Asia/Tokyo"', NOW, '2015-06-12T15:00Z 2015-06-13T15:00Z'],
    ['half an hour', 'this_hour', 'Asia/Kolkata', NOW, '2015-06-12T18:30Z 2015-06-12T19:30Z'],
    [
      'the week of the zone',
      'this_week',
      'Pacific/Auckland',
      '2015-06-13T12:30:00Z',
      '2015-06-13T12:00Z 2015-06-20T12:00Z',
    ],
    ['a day of 23 hours', 'this_day', 'US/Pacific', '2016-03-13T20:00:00Z', '2016-03-13T08:00Z 2016-03-14T07:00Z'],
    ['a day of 25 hours', 'this_day', 'US/Pacific', '2016-11-06T20:00:00Z', '2016-11-06T07:00Z 2016-11-07T08:00Z'],
    [
      'days across the change',
      'previous_2_days',
      'US/Pacific',
      '2016-03-14T20:00:00Z',
      '2016-03-12T08:00Z 2016-03-14T07:00Z',
    ],
    [
      'hours across the change',
      'previous_3_hours',
      'US/Pacific',
      '2016-03-13T11:30:00Z',
      '2016-03-13T08:00Z 2016-03-13T11:00Z',
    ],
    [
      'the second of two hours of one name',
      'this_hour',
      'US/Pacific',
      '2016-11-06T09:30:00Z',
      '2016-11-06T09:00Z 2016-11-06T10:00Z',
    ],
    [
      'a midnight that does not exist',
      'this_day',
      'America/Sao_Paulo',
      '2016-10-16T12:00:00Z',
      '2016-10-16T03:00Z 2016-10-17T02:00Z',
    ],
    [
      'a midnight that comes twice',
      'this_day',
      'America/Havana',
      '2016-11-06T12:00:00Z',
      '2016-11-06T04:00Z 2016-11-07T05:00Z',
    ],
  ])('%s: %s in %s', (_what, given, zone, now, expected) => {
    expect(timeframe(given, zone, now)).toBe(expected)
  })
})

describe('an absolute timeframe', () => {
  test.each([
    ['2015-06-01T00:00:00.000Z', undefined, '2015-06-01T00:00Z'],
    ['2015-06-01T00:00:00.000Z', 'US/Pacific', '2015-06-01T00:00Z'],
    ['2015-06-01T19:00Z', undefined, '2015-06-01T19:00Z'],
    ['2015-06-01T19:00Z+00:00', undefined, '2015-06-01T19:00Z'],
    ['2015-06-01T19:00:00-07:00', undefined, '2015-06-02T02:00Z'],
    ['2015-06-01T19:00:00+0530', undefined, '2015-06-01T13:30Z'],
    ['2015-06-01 19:00:00.123456', undefined, '2015-06-01T19:00:00.123Z'],
    ['2015-06-01', undefined, '2015-06-01T00:00Z'],
    ['2015-06-01', -18_000, '2015-06-01T05:00Z'],
    ['2015-06-01', 'Europe/London', '2015-05-31T23:00Z'],
  ])('that starts at %s in the zone %s starts at %s', (start, zone, expected) => {
    expect(timeframe({ start, end: '2020-01-01T00:00:00Z' }, zone)).toBe(`${expected} 2020-01-01T00:00Z`)
  })

  test('may be empty', () => {
    expect(timeframe({ start: '2015-06-01', end: '2015-06-01' })).toBe('2015-06-01T00:00Z 2015-06-01T00:00Z')
  })
})

describe('no timeframe', () => {
  test('is all time', () => {
    expect(timeframe(undefined)).toBe('all time')
    expect(timeframe(null, 'US/Pacific')).toBe('all time')
  })
})

describe('a malformed timeframe', () => {
  test.each([
    ['this_days_7'],
    ['this_0_days'],
    ['this_-1_days'],
    ['this_1000000_days'],
    ['previous_100000_years_and_more'],
    ['next_7_days'],
    [''],
    ['2015-06-01'],
    [17],
    [true],
    [[]],
    [['this_7_days', 'this_8_days']],
    [{}],
    [{ start: '2015-06-01' }],
    [{ start: '2015-06-01', end: 'now' }],
    [{ start: '2015-06-02', end: '2015-06-01' }],
    [{ start: '2015-02-29', end: '2016-01-01' }],
    [{ start: '2015-06-01T25:00', end: '2016-01-01' }],
    [{ start: 1_433_116_800_000, end: '2016-01-01' }],
    [{ start: '2015-06-01T00:00:00+99:00', end: '2016-01-01' }],
  ])('%j is a TimeframeDefinitionError', given => {
    expect(errorOf(() => timeframe(given))).toMatchObject({ code: 'TimeframeDefinitionError', status: 400 })
  })

  test('says what Keen said about two values', () => {
    expect(errorOf(() => timeframe(['a', 'b'])).message).toBe(
      "You sent in an invalid definition for the timeframe: 'You have multiple values for timeframe specified.'.",
    )
  })

  test('of any depth and length is answered in a few words', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)
    for (const [start, shown] of [
      [deep, 'a list'],
      [{ deep }, 'an object'],
      ['x'.repeat(1_000_000), 'xxx'],
      [undefined, 'missing'],
    ]) {
      const { message } = errorOf(() => timeframe({ start, end: '2016-01-01' }))
      expect(message).toContain(shown)
      expect(message.length).toBeLessThan(300)
    }
  })

  test.each([['Atlantis/Poseidonis'], ['+25:00'], [1e9], [1.5], [{}], ['x'.repeat(1_000)]])(
    'the time zone %j is a TimeframeDefinitionError',
    zone => {
      expect(errorOf(() => timeframe('this_day', zone))).toMatchObject({ code: 'TimeframeDefinitionError' })
    },
  )
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
