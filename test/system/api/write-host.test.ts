import { describe, expect, test } from 'vitest'
import type { PublishOutcome } from '../../../system/queue/publication.ts'
import { BATCH, EVENT, M, R, startWrite, W } from './hosts.ts'
import { connected, exchange, requestText, turns } from './http-client.ts'

describe('a write host', () => {
  interface Case {
    readonly what: string
    readonly request: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
    readonly status: number
    readonly answer: unknown
  }
  const created = { created: true }
  const error = (error_code: string, message: unknown = expect.any(String)): unknown => ({ error_code, message })
  const cases: readonly Case[] = [
    {
      what: 'one event',
      request: `POST ${EVENT}`,
      headers: { authorization: W },
      body: '{"a":1}',
      status: 201,
      answer: created,
    },
    {
      what: 'the master key',
      request: `POST ${EVENT}`,
      headers: { authorization: M },
      body: '{"a":1}',
      status: 201,
      answer: created,
    },
    {
      what: 'a beacon',
      request: `POST ${EVENT}?api_key=${W}`,
      headers: { 'content-type': 'text/plain;charset=UTF-8' },
      body: '{}',
      status: 201,
      answer: created,
    },
    {
      what: 'a form that holds JSON',
      request: `POST ${EVENT}?api_key=${W}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: '{}',
      status: 201,
      answer: created,
    },
    {
      what: 'a type that is none',
      request: `POST ${EVENT}?api_key=${W}`,
      headers: { 'content-type': ';;;' },
      body: '{}',
      status: 201,
      answer: created,
    },
    {
      what: 'a collection with spaces and slashes',
      request: `POST ${BATCH}/a%20b%2Fc.d?api_key=${W}`,
      body: '{}',
      status: 201,
      answer: created,
    },
    {
      what: 'empty pairs in the query',
      request: `POST ${EVENT}?&&api_key=${W}&`,
      body: '{}',
      status: 201,
      answer: created,
    },
    {
      what: 'no JSON',
      request: `POST ${EVENT}?api_key=${W}`,
      body: '{"a":}',
      status: 400,
      answer: error('InvalidJSONError', "The body is not JSON: Unexpected '}' at position 5."),
    },
    {
      what: 'no body',
      request: `POST ${EVENT}?api_key=${W}`,
      status: 400,
      answer: error('InvalidJSONError', 'The body is not JSON: Unexpected end at position 0.'),
    },
    {
      what: 'a list for one event',
      request: `POST ${EVENT}?api_key=${W}`,
      body: '[{}]',
      status: 400,
      answer: error('InvalidEventError'),
    },
    {
      what: 'a property with a period',
      request: `POST ${EVENT}?api_key=${W}`,
      body: '{"a.b":1}',
      status: 400,
      answer: error('InvalidPropertyNameError', 'An event property name cannot contain the period (.) character: a.b'),
    },
    {
      what: 'a string that is too long',
      request: `POST ${EVENT}?api_key=${W}`,
      body: `{"a":"${'x'.repeat(10_000)}"}`,
      status: 400,
      answer: error('InvalidPropertyValueError'),
    },
    {
      what: 'a forbidden key of keen',
      request: `POST ${EVENT}?api_key=${W}`,
      body: '{"keen":{"id":"1"}}',
      status: 400,
      answer: error('InvalidKeenNamespacePropertyError'),
    },
    {
      what: 'a collection with a dollar',
      request: `POST ${BATCH}/a$?api_key=${W}`,
      body: '{}',
      status: 400,
      answer: error('InvalidCollectionNameError'),
    },
    {
      what: 'a collection that is too long',
      request: `POST ${BATCH}/${'a'.repeat(65)}?api_key=${W}`,
      body: '{}',
      status: 400,
      answer: error('InvalidCollectionNameError'),
    },
    {
      what: 'an absurd path',
      request: `POST ${BATCH}/${'a'.repeat(5000)}?api_key=${W}`,
      body: '{}',
      status: 414,
      answer: error('UriTooLongError'),
    },
    {
      what: 'a path that is not decodable',
      request: `POST ${BATCH}/%zz?api_key=${W}`,
      body: '{}',
      status: 400,
      answer: error('MalformedRequestError'),
    },
    {
      what: 'an event that is too large',
      request: `POST ${EVENT}?api_key=${W}`,
      body: `{"a":"${'x'.repeat(900_000)}"}`,
      status: 413,
      answer: error('RequestTooLargeError'),
    },
    { what: 'no key', request: `POST ${EVENT}`, body: '{}', status: 401, answer: error('InvalidApiKeyError') },
    {
      what: 'a wrong key',
      request: `POST ${EVENT}?api_key=X`,
      body: '{}',
      status: 401,
      answer: error('InvalidApiKeyError'),
    },
    {
      what: 'the header before the parameter',
      request: `POST ${EVENT}?api_key=${W}`,
      headers: { authorization: 'X' },
      body: '{}',
      status: 401,
      answer: error('InvalidApiKeyError'),
    },
    {
      what: 'the read key',
      request: `POST ${EVENT}?api_key=${R}`,
      body: '{}',
      status: 403,
      answer: error(
        'RequestForbiddenError',
        "You're not allowed to run this request. Check your API Key and maybe try again.",
      ),
    },
    {
      what: 'an unknown project',
      request: `POST /3.0/projects/riker/events/a?api_key=${W}`,
      body: '{}',
      status: 404,
      answer: error('ResourceNotFoundError'),
    },
    {
      what: 'an unknown path',
      request: `POST /3.0/nothing`,
      body: '{}',
      status: 404,
      answer: error('ResourceNotFoundError'),
    },
    {
      what: 'a query',
      request: `GET /3.0/projects/p1/queries/count?api_key=${R}`,
      status: 404,
      answer: error('ResourceNotFoundError'),
    },
    {
      what: 'another method',
      request: `PUT ${EVENT}?api_key=${W}`,
      body: '{}',
      status: 405,
      answer: error('InvalidHttpVerbError'),
    },
    {
      what: 'the versions',
      request: 'GET /',
      status: 200,
      answer: expect.arrayContaining([{ is_public: true, url: '/3.0', version: '3.0' }]),
    },
    {
      what: 'a batch',
      request: `POST ${BATCH}`,
      headers: { authorization: W },
      body: '{"a":[{"x":1},{"x.y":1}],"b":[{}],"__proto__":[{}]}',
      status: 200,
      answer: JSON.parse(
        '{"a":[{"success":true},{"success":false,"error":{"name":"InvalidPropertyNameError","description":"An event property name cannot contain the period (.) character: x.y"}}],"b":[{"success":true}],' +
          '"__proto__":[{"success":false,"error":{"name":"InvalidCollectionNameError","description":"An event collection name cannot start with an underscore (_) character: __proto__"}}]}',
      ) as unknown,
    },
    { what: 'an empty batch', request: `POST ${BATCH}?api_key=${W}`, body: '{}', status: 200, answer: {} },
    {
      what: 'a batch that is a list',
      request: `POST ${BATCH}?api_key=${W}`,
      body: '[]',
      status: 400,
      answer: error('InvalidBatchError'),
    },
    {
      what: 'a batch that is no JSON',
      request: `POST ${BATCH}?api_key=${W}`,
      body: '{"a":[{]}',
      status: 400,
      answer: error('InvalidJSONError'),
    },
    {
      what: 'a batch of too many events',
      request: `POST ${BATCH}?api_key=${W}`,
      body: `{"a":[${'{},'.repeat(50_000)}{}]}`,
      status: 413,
      answer: error('RequestTooLargeError', expect.stringContaining('50001 events')),
    },
    {
      what: 'a body that is too large',
      request: `POST ${BATCH}?api_key=${W}`,
      body: 'x'.repeat(10_000_001),
      status: 413,
      answer: error('RequestTooLargeError'),
    },
  ]
  test.each(cases)('answers $what with $status', async ({ request, headers, body, status, answer }) => {
    const { network } = await startWrite()
    const response = await exchange(
      network,
      requestText(request, { ...(headers && { headers }), ...(body !== undefined && { body }) }),
    )
    expect({ status: response.status, answer: response.json }).toEqual({ status, answer })
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  })

  test('dates its answers by the host’s clock', async () => {
    const { network } = await startWrite()
    const response = await exchange(network, requestText(`POST ${EVENT}?api_key=${W}`, { body: '{}' }))
    expect(response.headers.get('date')).toBe('Thu, 01 Jan 2026 00:00:01 GMT')
  })

  test('answers OPTIONS without a key, with what browsers ask for', async () => {
    const { network } = await startWrite()
    const response = await exchange(network, requestText(`OPTIONS ${EVENT}`, {}))
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-headers')).toContain('Keen-Sdk')
    expect(response.headers.get('access-control-allow-methods')).toContain('DELETE')
  })

  test('names the methods that there are where it refuses one', async () => {
    const { network } = await startWrite()
    const response = await exchange(network, requestText(`DELETE ${EVENT}`, {}))
    expect(response.headers.get('allow')).toBe('POST, OPTIONS')
  })

  test('publishes what a request’s good events are, as one record, stamped', async () => {
    const { network, published } = await startWrite()
    const body = '{"a":[{"x":1},{"x.y":1},{"keen":{"timestamp":"2020-01-01T00:00:00Z"}}],"b":[{}]}'
    await exchange(network, requestText(`POST ${BATCH}?api_key=${W}`, { body }))
    const receivedAt = 1_767_225_601_000
    expect(
      published.map(publication => ({
        ...publication,
        events: publication.events.map(event => ({ ...event, body: Buffer.from(event.body).toString() })),
      })),
    ).toEqual([
      {
        project: 'p1',
        receivedAt,
        events: [
          { collection: 'a', timestamp: receivedAt, body: '{"x":1}' },
          { collection: 'a', timestamp: 1_577_836_800_000, body: '{"keen":{"timestamp":"2020-01-01T00:00:00Z"}}' },
          { collection: 'b', timestamp: receivedAt, body: '{}' },
        ],
      },
    ])
  })

  test('publishes nothing of a request without one good event', async () => {
    const { network, published } = await startWrite()
    await exchange(network, requestText(`POST ${BATCH}?api_key=${W}`, { body: '{"a":[{"x.y":1}]}' }))
    expect(published).toEqual([])
  })

  test('says nothing before the queue has answered', async () => {
    const { network, settleWith } = await startWrite({ held: true })
    const client = await connected(network)
    client.send(requestText(`POST ${EVENT}?api_key=${W}`, { body: '{}' }))
    await turns()
    expect(client.received()).toBe('')
    settleWith({ kind: 'accepted', place: { partition: 0, offset: 0, writer: '', n: 0 } })
    await turns()
    expect(client.received()).toContain('201 Created')
  })

  const outcomes: readonly [PublishOutcome, number, string][] = [
    [{ kind: 'refused', reason: 'full' }, 503, 'ServiceUnavailableError'],
    [{ kind: 'unknown', reason: 'late' }, 504, 'OutcomeUnknownError'],
  ]
  test.each(outcomes)('tells single and bulk alike that the outcome is $kind', async (outcome, status, code) => {
    for (const [url, body] of [
      [EVENT, '{}'],
      [BATCH, '{"a":[{}]}'],
    ] as const) {
      const { network, settleWith } = await startWrite({ held: true })
      const client = await connected(network)
      client.send(requestText(`POST ${url}?api_key=${W}`, { body }))
      await turns()
      settleWith(outcome)
      const response = await client.response()
      expect([response.status, response.json]).toEqual([
        status,
        { message: expect.any(String) as string, error_code: code },
      ])
      expect(response.headers.get('retry-after')).toBe(status === 503 ? '1' : undefined)
    }
  })

  test('answers one request after another on a connection, and those sent one behind the other', async () => {
    const { network } = await startWrite()
    const client = await connected(network)
    const text = requestText(`POST ${EVENT}?api_key=${W}`, { body: '{}' })
    client.send(text)
    await turns()
    client.send(text + text)
    await turns()
    expect(client.received().match(/201 Created/g)).toHaveLength(3)
    expect(client.isClosed()).toBe(false)
  })

  test('takes a body in chunks', async () => {
    const { network } = await startWrite()
    const head = `POST ${EVENT}?api_key=${W} HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n`
    const response = await exchange(network, `${head}3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n`)
    expect(response.status).toBe(201)
  })
})
