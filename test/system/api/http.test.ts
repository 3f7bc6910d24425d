import type { FastifyInstance } from 'fastify'
import { afterEach, describe, expect, test } from 'vitest'
import { eventRoutes } from '../../../system/api/event-routes.ts'
import { startHttpServer } from '../../../system/api/http-server.ts'
import type { HttpServer } from '../../../system/api/http-server.ts'
import { queryRoutes } from '../../../system/api/query-routes.ts'
import type { QueryRequest } from '../../../system/api/query-routes.ts'
import { addRoutes } from '../../../system/api/routes.ts'
import { parseConfiguration } from '../../../system/configuration.ts'
import { createIngest } from '../../../system/ingest/ingest.ts'
import type { Publication, PublishOutcome } from '../../../system/queue/publication.ts'
import type { Connection, Network } from '../../../system/runtime/network.ts'
import { projectsOf } from '../../../system/tenancy/projects.ts'
import { fakeRuntime } from '../queue/fake-runtime.ts'
import type { FakeRuntime } from '../queue/fake-runtime.ts'
import { memoryNetwork } from './memory-network.ts'

const W = 'W'.repeat(64)
const R = 'R'.repeat(64)
const M = 'M'.repeat(64)
const EVENT = '/3.0/projects/p1/events/purchases'
const BATCH = '/3.0/projects/p1/events'

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

describe('a connection', () => {
  test('whose headers dribble is cut by headersTimeoutMs', async () => {
    const { network, runtime } = await startWrite()
    const client = await connected(network)
    for (const letter of 'POST /3.0/proj') {
      client.send(letter)
      await turns()
      await runtime.clock.advance(1_000)
    }
    await turns()
    expect((await client.response()).json).toMatchObject({ error_code: 'RequestTimeoutError' })
    expect(client.received()).toContain('HTTP/1.1 408')
    expect(cutBy(runtime)).toEqual(['headersTimeoutMs'])
    await runtime.clock.advance(2_000)
    await turns()
    expect(client.isClosed()).toBe(true)
  })

  test('whose body stops is cut by bodyIdleMs', async () => {
    const { network, runtime } = await startWrite()
    const client = await connected(network)
    client.send(`POST ${EVENT}?api_key=${W} HTTP/1.1\r\nhost: h\r\ncontent-length: 100\r\n\r\n{"a"`)
    await turns()
    await runtime.clock.advance(10_001)
    expect((await client.response()).status).toBe(408)
    expect(cutBy(runtime)).toEqual(['bodyIdleMs'])
  })

  test('whose body never ends is cut by bodyTimeoutMs', async () => {
    const { network, runtime } = await startWrite()
    const client = await connected(network)
    client.send(`POST ${EVENT}?api_key=${W} HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n`)
    for (let second = 0; second <= 60; second += 5) {
      client.send('1\r\n \r\n')
      await turns()
      await runtime.clock.advance(5_000)
    }
    expect((await client.response()).status).toBe(408)
    expect(cutBy(runtime)).toEqual(['bodyTimeoutMs'])
  })

  test('on which nothing comes is closed by keepAliveMs', async () => {
    const { network, runtime } = await startWrite()
    const client = await connected(network)
    await exchangeOn(client, requestText(`POST ${EVENT}?api_key=${W}`, { body: '{}' }))
    await runtime.clock.advance(59_000)
    await turns()
    expect(client.isClosed()).toBe(false)
    await runtime.clock.advance(2_000)
    await turns()
    expect(client.isClosed()).toBe(true)
  })

  test('with too large headers is told 431 and closed', async () => {
    const { network, runtime } = await startWrite()
    const client = await connected(network)
    client.send(`GET / HTTP/1.1\r\nhost: h\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`)
    const response = await client.response()
    expect([response.status, response.json]).toMatchObject([431, { error_code: 'HeadersTooLargeError' }])
    await runtime.clock.advance(1_000)
    await turns()
    expect(client.isClosed()).toBe(true)
  })

  const garbage = [
    '\u0000\u0001\u0002',
    'HELLO\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    'POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n',
  ]
  test.each(garbage)('that does not speak HTTP is told so and closed: %j', async text => {
    const { network } = await startWrite()
    const client = await connected(network)
    client.send(text)
    const response = await client.response()
    expect([response.status, response.json]).toMatchObject([400, { error_code: 'MalformedRequestError' }])
  })

  test('that is reset in the middle of a body harms nobody', async () => {
    const { network } = await startWrite()
    const client = await connected(network)
    client.send(`POST ${EVENT}?api_key=${W} HTTP/1.1\r\nhost: h\r\ncontent-length: 100\r\n\r\n{"a"`)
    await turns()
    client.reset()
    await turns()
    const response = await exchange(network, requestText(`POST ${EVENT}?api_key=${W}`, { body: '{}' }))
    expect(response.status).toBe(201)
  })

  test('over connectionsMax is reset at once', async () => {
    const { network } = await startWrite({ connectionsMax: 2 })
    const clients = [await connected(network), await connected(network), await connected(network)]
    await turns()
    expect(clients.map(client => client.isClosed())).toEqual([false, false, true])
  })
})

describe('a stop', () => {
  test('closes idle connections at once and others after their answer', async () => {
    const { network, runtime, server, settleWith } = await startWrite({ held: true })
    const idle = await connected(network)
    const busy = await connected(network)
    busy.send(requestText(`POST ${EVENT}?api_key=${W}`, { body: '{}' }))
    await turns()
    const stopped = server.stop()
    await turns()
    expect([idle.isClosed(), busy.isClosed()]).toEqual([true, false])
    await expect(network.connect({ host: 'h', port: 8080 })).rejects.toThrow('ECONNREFUSED')
    settleWith({ kind: 'accepted', place: { partition: 0, offset: 0, writer: '', n: 0 } })
    await turns()
    await runtime.clock.advance(50)
    await turns()
    await stopped
    expect(busy.received()).toContain('201 Created')
    await turns()
    expect(busy.isClosed()).toBe(true)
  })
})

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

const servers: HttpServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
})

interface Started {
  readonly network: Network
  readonly runtime: FakeRuntime
  readonly server: HttpServer
}

async function start(
  limits: Readonly<Record<string, number>>,
  addTo: (app: FastifyInstance, runtime: FakeRuntime) => void,
): Promise<Started> {
  const network = memoryNetwork()
  const runtime = { ...fakeRuntime(), network }
  const configuration = parseConfiguration({ limits })
  const server = await startHttpServer(runtime, configuration, app => addTo(app, runtime))
  servers.push(server)
  return { network, runtime, server }
}

const projects = projectsOf([{ id: 'p1', name: 'one', writeKey: W, readKey: R, masterKey: M }])

async function startWrite(
  options: { readonly held?: boolean; readonly connectionsMax?: number } = {},
): Promise<Started & { readonly published: readonly Publication[]; settleWith(outcome: PublishOutcome): void }> {
  const published: Publication[] = []
  const held: ((outcome: PublishOutcome) => void)[] = []
  const publisher = {
    publish(publication: Publication): Promise<PublishOutcome> {
      published.push(publication)
      if (options.held === true) return new Promise(resolve => held.push(resolve))
      return Promise.resolve({ kind: 'accepted', place: { partition: 0, offset: published.length, writer: '', n: 0 } })
    },
    stop: () => Promise.resolve(),
  }
  const limits = options.connectionsMax === undefined ? {} : { connectionsMax: options.connectionsMax }
  const started = await start(limits, (app, runtime) => {
    const ingest = createIngest({ clock: runtime.clock, publisher }, parseConfiguration({}))
    addRoutes(app, eventRoutes(projects, ingest))
  })
  return { ...started, published, settleWith: outcome => held.splice(0).forEach(settle => settle(outcome)) }
}

async function startQuery(): Promise<Started & { readonly asked: readonly QueryRequest[] }> {
  const asked: QueryRequest[] = []
  const started = await start({}, app =>
    addRoutes(
      app,
      queryRoutes(projects, query => {
        asked.push(query)
        const { event_collection: collection } = query.parameters
        if (collection === 'crash') return Promise.reject(new Error('a bug'))
        if (collection === 'fail') {
          return Promise.reject(Object.assign(new Error('no'), { code: 'FilterDefinitionError', status: 400 }))
        }
        return Promise.resolve({ result: 21 })
      }),
    ),
  )
  return { ...started, asked }
}

interface Response {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly json: unknown
}

interface Client {
  send(text: string): void
  reset(): void
  received(): string
  isClosed(): boolean
  response(): Promise<Response>
}

async function connected(network: Network): Promise<Client> {
  const connection: Connection = await network.connect({ host: 'h', port: 8080 })
  let received = Buffer.alloc(0)
  let isClosed = false
  connection.handle({
    onData: chunk => void (received = Buffer.concat([received, chunk])),
    onEnd: () => void (isClosed = true),
    onClose: () => void (isClosed = true),
  })
  return {
    send: text => void connection.write(Buffer.from(text, 'utf8')),
    reset: () => connection.destroy({ reset: true }),
    received: () => received.toString('utf8'),
    isClosed: () => isClosed,
    async response() {
      for (let round = 0; round < 200; round++) {
        const response = parse(received)
        if (response !== undefined) return response
        await turns(10)
      }
      throw new Error(`no whole response: ${JSON.stringify(received.toString('utf8').slice(0, 500))}`)
    },
  }
}

async function exchange(network: Network, text: string): Promise<Response> {
  return exchangeOn(await connected(network), text)
}

function exchangeOn(client: Client, text: string): Promise<Response> {
  client.send(text)
  return client.response()
}

function parse(received: Buffer): Response | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const [first = '', ...lines] = received.subarray(0, end).toString('utf8').split('\r\n')
  const headers = new Map(
    lines.map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  const length = Number(headers.get('content-length') ?? 0)
  const body = received.subarray(end + 4, end + 4 + length)
  if (body.length < length) return undefined
  return {
    status: Number(first.split(' ')[1]),
    headers,
    json: length === 0 ? undefined : (JSON.parse(body.toString('utf8')) as unknown),
  }
}

function requestText(request: string, options: { headers?: Readonly<Record<string, string>>; body?: string }): string {
  const lines = [
    `${request} HTTP/1.1`,
    'host: h',
    ...Object.entries(options.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
  ]
  if (options.body !== undefined) lines.push(`content-length: ${Buffer.byteLength(options.body)}`)
  return `${lines.join('\r\n')}\r\n\r\n${options.body ?? ''}`
}

/** Lets the event loop turn: bytes go from one side to the other. */
async function turns(count = 30): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(resolve => setImmediate(resolve))
}

function cutBy(runtime: FakeRuntime): unknown[] {
  return runtime.lines.filter(line => line.message === 'connection cut').map(line => line.fields['limit'])
}
