import { describe, expect, test } from 'vitest'
import { EVENT, M, R, startQuery, W } from './hosts.ts'
import { exchange, requestText } from './http-client.ts'

describe('a query host', () => {
  const COUNT = '/3.0/projects/p1/queries/count'
  const filters = [{ property_name: 'a', operator: 'eq', property_value: 1 }]
  const parameters: readonly [string, string, string | undefined, unknown][] = [
    [
      'plain text',
      `GET ${COUNT}?event_collection=a+b&timeframe=this_7_days`,
      undefined,
      { event_collection: 'a b', timeframe: 'this_7_days' },
    ],
    ['JSON inside text', `GET ${COUNT}?filters=${encodeURIComponent(JSON.stringify(filters))}`, undefined, { filters }],
    [
      'an absolute timeframe',
      `GET ${COUNT}?timeframe=%7B%22start%22%3A%22a%22%2C%22end%22%3A%22b%22%7D`,
      undefined,
      { timeframe: { start: 'a', end: 'b' } },
    ],
    [
      'JSON in quotes',
      `GET ${COUNT}?timezone=%22US%2FPacific%22&timeframe=%22today%22`,
      undefined,
      { timezone: 'US/Pacific', timeframe: 'today' },
    ],
    [
      'numbers',
      `GET ${COUNT}?timezone=-28800&latest=5&event_collection=5`,
      undefined,
      { timezone: -28800, latest: 5, event_collection: '5' },
    ],
    ['empty pairs', `GET ${COUNT}?&a=&&`, undefined, {}],
    ['JSON that is none', `GET ${COUNT}?filters=%5B%7B`, undefined, { filters: '[{' }],
    [
      'a body',
      `POST ${COUNT}`,
      JSON.stringify({ event_collection: 'a', filters, timezone: '0' }),
      { event_collection: 'a', filters, timezone: '0' },
    ],
    [
      'a body over the text',
      `POST ${COUNT}?event_collection=b&latest=1`,
      '{"event_collection":"a"}',
      { event_collection: 'a', latest: 1 },
    ],
    ['no body', `POST ${COUNT}`, undefined, {}],
  ]
  test.each(parameters)('hands %s to the query as it was meant', async (_, request, body, expected) => {
    const { network, asked } = await startQuery()
    const response = await exchange(
      network,
      requestText(request, { headers: { authorization: R }, ...(body !== undefined && { body }) }),
    )
    expect([response.status, response.json]).toEqual([200, { result: 21 }])
    expect(asked.map(query => ({ ...query, parameters: { ...query.parameters } }))).toEqual([
      { project: 'p1', analysis: 'count', parameters: expected },
    ])
  })

  const errors: readonly [string, string, string | undefined, number, string][] = [
    ['two timeframes', `GET ${COUNT}?api_key=${R}&timeframe=a&timeframe=b`, undefined, 400, 'TimeframeDefinitionError'],
    [
      'a timeframe in brackets',
      `GET ${COUNT}?api_key=${R}&timeframe%5Bstart%5D=a`,
      undefined,
      400,
      'TimeframeDefinitionError',
    ],
    ['a body that is no JSON', `POST ${COUNT}?api_key=${R}`, '{', 400, 'InvalidJSONError'],
    ['a body that is a list', `POST ${COUNT}?api_key=${R}`, '[]', 400, 'InvalidJSONError'],
    ['the write key', `GET ${COUNT}?api_key=${W}`, undefined, 403, 'RequestForbiddenError'],
    ['a wrong key', `GET ${COUNT}?api_key=x`, undefined, 401, 'InvalidApiKeyError'],
    [
      'an analysis that there is not',
      `GET /3.0/projects/p1/queries/guess?api_key=${R}`,
      undefined,
      404,
      'ResourceNotFoundError',
    ],
    ['an event', `POST ${EVENT}?api_key=${W}`, '{}', 404, 'ResourceNotFoundError'],
    ['another method', `DELETE ${COUNT}?api_key=${M}`, undefined, 405, 'InvalidHttpVerbError'],
    [
      'a query that fails by its own fault',
      `GET ${COUNT}?api_key=${R}&event_collection=fail`,
      undefined,
      400,
      'FilterDefinitionError',
    ],
    [
      'a query that fails by ours',
      `GET ${COUNT}?api_key=${R}&event_collection=crash`,
      undefined,
      500,
      'InternalServerError',
    ],
  ]
  test.each(errors)('refuses %s', async (_, request, body, status, code) => {
    const { network } = await startQuery()
    const response = await exchange(network, requestText(request, body === undefined ? {} : { body }))
    expect([response.status, response.json]).toEqual([
      status,
      { message: expect.any(String) as string, error_code: code },
    ])
  })
})
