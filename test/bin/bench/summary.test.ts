import { expect, test } from 'vitest'
import { formatSummaries, OURS, summarise } from '../../../bin/bench/summary.ts'
import type { Series } from '../../../bin/bench/summary.ts'

const ECHO = { measurement: 'echo', says: 'there and back', unit: 'messages/s' }

const SERIES: readonly Series[] = [
  { ...ECHO, by: OURS, values: [900, 1200, 1000], peakBytes: 100 * 2 ** 20 },
  { ...ECHO, by: 'turmoil', values: [400, 600, 500, 500] },
  { measurement: 'idle-hour', says: 'nothing', unit: '× real time', by: OURS, values: [123456] },
  { measurement: 'idle-day', says: 'nothing', unit: '× real time', by: 'madsim', values: [7] },
]

test('a series has a median, and a peer’s says how much faster we are', () => {
  const [ours, turmoil, idle, alone] = summarise(SERIES)
  expect(ours).toMatchObject({ median: 1000, min: 900, max: 1200 })
  expect(ours).not.toHaveProperty('oursOverThis')
  expect(turmoil).toMatchObject({ median: 500, min: 400, max: 600, oursOverThis: 2 })
  expect(idle).toMatchObject({ median: 123456, min: 123456, max: 123456 })
  expect(alone).not.toHaveProperty('oursOverThis')
})

test('the table has a line for each series, peers below ours', () => {
  expect(formatSummaries(summarise(SERIES)).split('\n')).toEqual([
    '            median      min      max               memory',
    'echo         1,000      900    1,200  messages/s   100 MiB  there and back',
    '  turmoil      500      400      600  messages/s            ours is 2.00 times as fast',
    'idle-hour  123,456  123,456  123,456  × real time           nothing',
    '  madsim         7        7        7  × real time           nothing',
  ])
})
