import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseTimestamp } from '../../../system/ingest/timestamp.ts'

describe('a timestamp', () => {
  const accepted: readonly [string, string][] = [
    ['2014-02-12T01:44:25.310Z', '2014-02-12T01:44:25.310Z'],
    ['2014-02-12T01:44:25Z', '2014-02-12T01:44:25.000Z'],
    ['2012-07-30T21:21:46.566000+00:00', '2012-07-30T21:21:46.566Z'],
    ['2012-07-30T21:21:46.566999', '2012-07-30T21:21:46.566Z'],
    ['2012-07-30T21:21:46.5', '2012-07-30T21:21:46.500Z'],
    ['2012-07-30T21:21:46+02:00', '2012-07-30T19:21:46.000Z'],
    ['2012-07-30T21:21:46-0830', '2012-07-31T05:51:46.000Z'],
    ['2012-07-30T21:21:46+05', '2012-07-30T16:21:46.000Z'],
    ['2012-07-30 21:21:46', '2012-07-30T21:21:46.000Z'],
    ['2012-08-13T19:00Z', '2012-08-13T19:00:00.000Z'],
    ['2012-08-13', '2012-08-13T00:00:00.000Z'],
    ['2016-02-29T23:59:59.999Z', '2016-02-29T23:59:59.999Z'],
    ['1969-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z'],
    ['0000-03-01T00:00:00Z', '0000-03-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ]
  test.each(accepted)('%s is %s', (text, expected) => {
    expect(new Date(parseTimestamp(text) ?? NaN).toISOString()).toBe(expected)
  })

  const refused = [
    '',
    'now',
    '2014',
    '2014-13-01T00:00:00Z',
    '2014-00-01',
    '2015-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2014-04-31',
    '2014-01-01T24:00:00Z',
    '2014-01-01T00:60:00Z',
    '2014-01-01T00:00:60Z',
    '2014-01-01T00:00:00+24:00',
    '2014-01-01T00:00:00.Z',
    '2014-01-01Z',
    '2012-08-13T19:00Z+00:00',
    '1388534400',
    ' 2014-01-01',
    `2014-01-01T00:00:00.${'0'.repeat(1000)}Z`,
  ]
  test.each(refused)('%s is none', text => {
    expect(parseTimestamp(text)).toBeUndefined()
  })

  test('that Date wrote is the moment that Date meant', () => {
    const times = fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(times, date => {
        expect(parseTimestamp(date.toISOString())).toBe(date.getTime())
      }),
      { seed: 1, numRuns: 2000 },
    )
  })
})
