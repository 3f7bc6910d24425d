// The write, stream and query hosts in one world with Kafka and Cassandra, through their real clients.

import { expect, test } from 'vitest'
import type { LogLine } from '../../../sim/kernel/log-book.ts'
import { inWorld, WRITE_KEY } from './installation.ts'
import type { User } from './installation.ts'

test('an event that was accepted is visible within five seconds, once, whole, to whoever asks', async () => {
  const event = { page: '/a', visit: { ms: 1.5, tags: ['x', 'y'] }, on: true, none: null }
  await inWorld(async user => {
    expect(await user.write(1, '/visits', event)).toEqual({ status: 201, body: { created: true } })
    const acceptedMs = user.nowMs()
    await user.until('it is visible', async () => (await count(user, 1)) === 1, 5_000)
    expect(user.nowMs() - acceptedMs).toBeLessThan(5_000)
    for (const server of [1, 2]) {
      const { status, body } = await user.ask(server, 'extraction', { event_collection: 'visits' })
      expect(status).toBe(200)
      const keen = {
        timestamp: expect.stringMatching(/^2026-01-01T/) as string,
        created_at: expect.stringMatching(/^2026-01-01T/) as string,
        id: expect.stringMatching(/^[0-9a-f]{24}$/) as string,
      }
      expect(body).toEqual({ result: [{ keen, ...event }] })
    }
  })
})

test('the events of a bulk request have their own fates, and those that were taken are visible together', async () => {
  await inWorld(async user => {
    const answer = await user.write(2, '', {
      visits: [{ n: 1 }, { 'n.m': 2 }, { n: 3, keen: { timestamp: '2020-02-29T12:00:00Z' } }],
      _clicks: [{}],
      clicks: [{ n: 4 }],
    })
    expect(answer).toMatchObject({
      status: 200,
      body: {
        visits: [{ success: true }, { success: false, error: { name: 'InvalidPropertyNameError' } }, { success: true }],
        _clicks: [{ success: false, error: { name: 'InvalidCollectionNameError' } }],
        clicks: [{ success: true }],
      },
    })
    await user.until('they are visible', async () => (await count(user, 1)) > 0, 10_000)
    expect(await count(user, 2)).toBe(2)
    expect(await count(user, 1, { timeframe: { start: '2020-02-01', end: '2020-03-01' } })).toBe(1)
    expect(await count(user, 1, { filters: [{ property_name: 'n', operator: 'lt', property_value: 3 }] })).toBe(1)
    expect(await count(user, 2, { event_collection: 'clicks' })).toBe(1)
  })
})

test('a story of each step is in the logs, by partition and offset', async () => {
  const { logs } = await inWorld(async user => {
    await user.write(1, '/visits', { n: 1 })
    await user.until('it is visible', async () => (await count(user, 1)) === 1, 10_000)
    await user.sleep(1_000)
  })
  const accepted = logs.find(line => line.message === 'event accepted')
  const { partition, offset } = accepted?.fields ?? {}
  const story = logs.filter(({ fields }) => fields['partition'] === partition && covers(fields, Number(offset)))
  const steps = story.filter(({ host }) => /^(write|stream)-/.test(host)).map(line => line.message)
  expect(steps.filter(step => STEPS.includes(step))).toEqual(STEPS)
})

test('a client that dribbles, and one that stops, are told so and cut by limits with names', async () => {
  const head = `POST /3.0/projects/p1/events/visits?api_key=${WRITE_KEY} HTTP/1.1\r\nhost: write-1\r\ncontent-length: 900\r\n\r\n`
  const { logs } = await inWorld(async user => {
    const heard = async (everyMs: number, bytes: number): Promise<string> => {
      const connection = await user.network.connect({ host: 'write-1', port: 8080 })
      const startedMs = user.nowMs()
      let [text, closedMs] = ['', 0]
      connection.handle({
        onData: chunk => (text += Buffer.from(chunk).toString()),
        onEnd: () => (closedMs = user.nowMs() - startedMs),
        onClose: () => (closedMs ||= user.nowMs() - startedMs),
      })
      connection.write(Buffer.from(head))
      for (let byte = 0; byte < bytes && closedMs === 0; byte++) {
        connection.write(Buffer.from(' '))
        await user.sleep(everyMs)
      }
      await user.until('the connection is cut', () => closedMs > 0, 120_000)
      return `${text.split(' ')[1]} after ${Math.floor(closedMs / 1_000)} s`
    }
    expect(await heard(100, 3)).toBe('408 after 10 s')
    expect(await heard(9_000, 100)).toBe('408 after 60 s')
  })
  const cuts = logs.filter(line => line.message === 'connection cut').map(({ fields }) => fields['limit'])
  expect(cuts).toEqual(['bodyIdleMs', 'bodyTimeoutMs'])
})

test('crashes of the workers lose nothing and double nothing', async () => {
  await inWorld(async user => {
    const sent: number[] = []
    for (let n = 0; n < 40; n++) {
      expect((await user.write(1 + (n % 2), '/visits', { n })).status).toBe(201)
      sent.push(n)
      const worker = user.host(`stream-${1 + (n % 3 === 0 ? 0 : 1)}`)
      if (n % 10 === 5 && worker.state === 'up') worker.crash()
      if (n % 10 === 9)
        for (const name of ['stream-1', 'stream-2']) if (user.host(name).state === 'down') user.host(name).restart()
      await user.sleep(150)
    }
    await user.until('all are visible', async () => (await count(user, 1)) >= sent.length, 60_000)
    const { body } = await user.ask(2, 'extraction', { event_collection: 'visits', property_names: 'n' })
    const seen = (body as { readonly result: readonly { readonly n: number }[] }).result.map(({ n }) => n)
    expect(seen.toSorted((a, b) => a - b)).toEqual(sent)
  })
})

const STEPS: readonly string[] = [
  'event accepted',
  'range begun',
  'block written',
  'index row written',
  'progress saved',
  'range committed',
]

function covers(fields: LogLine['fields'], offset: number): boolean {
  const { start, end } = fields
  return fields['offset'] === offset || (Number(start) <= offset && offset < Number(end))
}

async function count(user: User, server: number, parameters: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const { status, body } = await user.ask(server, 'count', { event_collection: 'visits', ...parameters })
  expect({ status, body }).toEqual({ status: 200, body: { result: expect.any(Number) as number } })
  return (body as { readonly result: number }).result
}
