import { describe, expect, test } from 'vitest'
import { RowReader } from '../../scenarios/read-row.ts'
import { bodyOf } from '../../scenarios/source-event.ts'
import type { SourceEvent } from '../../scenarios/source-event.ts'

const EVENT: SourceEvent = {
  key: 'quakes-1',
  project: 'ground',
  collection: 'earthquakes',
  properties: { id: 'us1', place: null, geometry: { type: 'Point', coordinates: [-122.8, 38.8, 3] } },
  location: { coordinates: [-122.8, 38.8] },
}
const reader = (): RowReader => new RowReader(new Map([[EVENT.key, EVENT]]))

/** As the product gives it: what was sent, and what the server says about it. */
const row = (change: (body: Record<string, unknown>) => unknown = body => body): unknown => {
  const body = structuredClone(bodyOf(EVENT, 2))
  const keen = {
    id: '00aa',
    timestamp: '2026-01-01T00:00:01.000Z',
    created_at: '2026-01-01T00:00:01.000Z',
    ...(body['keen'] as object),
  }
  return change({ ...body, keen })
}

describe('a row that is read', () => {
  test('says whose it is, and is what was sent', () => {
    expect(reader().read(row())).toEqual({
      attempt: { key: 'quakes-1', number: 2 },
      id: '00aa',
      timestampMs: Date.UTC(2026, 0, 1, 0, 0, 1),
      createdAtMs: Date.UTC(2026, 0, 1, 0, 0, 1),
    })
  })

  test('is the same object again when it is the same row, and another when it is not', () => {
    const rows = reader()
    const first = rows.read(row())
    expect(rows.read(row())).toBe(first)
    expect(rows.read(row(body => ({ ...body, place: 'Alaska' })))).not.toBe(first)
  })

  test.each([
    ['a value that is another', (body: object) => ({ ...body, id: 'us2' }), 'id: sent "us1", read "us2"'],
    ['a null that is missing', (body: object) => ({ ...body, place: undefined }), 'place: sent null, read nothing'],
    [
      'a number deep inside that is another',
      (body: object) => ({ ...body, geometry: { type: 'Point', coordinates: [-122.8, 38.8, 4] } }),
      'geometry.coordinates.2: sent 3, read 4',
    ],
    [
      'a list that is longer',
      (body: object) => ({ ...body, geometry: { type: 'Point', coordinates: [-122.8, 38.8, 3, 0] } }),
      'geometry.coordinates: sent [-122.8,38.8,3], read [-122.8,38.8,3,0]',
    ],
    [
      'a property more',
      (body: object) => ({ ...body, more: 1 }),
      'its properties are keen, id, place, geometry, sent, more',
    ],
    [
      'a place that is missing',
      ({ keen, ...body }: Record<string, object>) => ({ ...body, keen: { ...keen, location: undefined } }),
      'keen.location: sent {"coordinates":[-122.8,38.8]}, read nothing',
    ],
  ])('with %s shows where', (_, change, difference) => {
    const read = reader().read(row(change as (body: Record<string, unknown>) => unknown))
    expect(read.difference).toBe(difference)
  })

  test.each([[null], [7], [{ sent: { key: 7, attempt: 1 } }], [{ sent: null }]])('that is %j is nobody’s', raw => {
    expect(reader().read(raw).attempt).toBeUndefined()
  })
})
