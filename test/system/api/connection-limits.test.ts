import { describe, expect, test } from 'vitest'
import type { FakeRuntime } from '../queue/fake-runtime.ts'
import { EVENT, startWrite, W } from './hosts.ts'
import { connected, exchange, exchangeOn, requestText, turns } from './http-client.ts'

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

function cutBy(runtime: FakeRuntime): unknown[] {
  return runtime.lines.filter(line => line.message === 'connection cut').map(line => line.fields['limit'])
}
