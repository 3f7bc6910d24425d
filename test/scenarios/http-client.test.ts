import { describe, expect, test } from 'vitest'
import { HttpClient } from '../../scenarios/http-client.ts'
import type { HttpOutcome } from '../../scenarios/http-client.ts'
import type { HostProcess } from '../../sim/kernel/host.ts'
import { createSimulation } from '../../sim/simulation.ts'
import type { Connection } from '../../system/runtime/network.ts'

type Serve = (connection: Connection, request: string, process: HostProcess) => void

const answer = (body: string, headers = ''): Uint8Array =>
  Buffer.from(`HTTP/1.1 200 OK\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`, 'latin1')

/** Asks a server `asks` times, one after the other with a second between; says what came of it, and on how many connections. */
async function ask(
  asks: number,
  serve: Serve | undefined,
): Promise<{ outcomes: readonly HttpOutcome[]; connections: number; tookMs: readonly number[] }> {
  const limits = { virtualMicros: 100_000_000, entries: 100_000, realMs: 20_000 }
  const simulation = createSimulation({ seed: 'http client', limits })
  const outcomes: HttpOutcome[] = []
  const tookMs: number[] = []
  let connections = 0
  const server = simulation.addHost({ name: 'server', address: '10.0.0.1' })
  server.start(async process => {
    if (serve === undefined) return
    await process.runtime.network.listen({ port: 80 }, connection => {
      connections++
      connection.handle({ onData: chunk => serve(connection, Buffer.from(chunk).toString('latin1'), process) })
    })
  })
  const client = simulation.addHost({ name: 'client', address: '10.0.0.2' })
  client.start(async ({ runtime }) => {
    const http = new HttpClient(runtime)
    for (let index = 0; index < asks; index++) {
      await runtime.clock.sleep(1_000)
      const fromMs = runtime.clock.monotonicMs()
      const request = {
        host: 'server',
        port: 80,
        method: 'POST',
        target: `/${index}`,
        headers: {},
        timeoutMs: 3_000,
      } as const
      outcomes.push(await http.request({ ...request, body: Buffer.from('body') }))
      tookMs.push(Math.round(runtime.clock.monotonicMs() - fromMs))
    }
    http.close()
  })
  await simulation.world.run()
  return { outcomes, connections, tookMs }
}

const kinds = (outcomes: readonly HttpOutcome[]): readonly string[] => outcomes.map(({ kind }) => kind)

describe('a request', () => {
  test('is answered, and the next goes over the same connection', async () => {
    const requests: string[] = []
    const { outcomes, connections } = await ask(2, (connection, request) => {
      requests.push(request)
      connection.write(answer('hello'))
    })
    expect(kinds(outcomes)).toEqual(['answer', 'answer'])
    expect(connections).toBe(1)
    expect(requests[1]).toBe('POST /1 HTTP/1.1\r\nhost: server:80\r\ncontent-length: 4\r\n\r\nbody')
  })

  test('goes over a new connection when the server said that it closes, or has closed', async () => {
    const said = await ask(2, connection => connection.write(answer('', 'connection: close\r\n')))
    expect([kinds(said.outcomes), said.connections]).toEqual([['answer', 'answer'], 2])
    const closed = await ask(2, connection => {
      connection.write(answer(''))
      connection.end()
    })
    expect([kinds(closed.outcomes), closed.connections]).toEqual([['answer', 'answer'], 2])
  })

  test('to nobody was certainly not sent', async () => {
    expect(kinds((await ask(1, undefined)).outcomes)).toEqual(['not-sent'])
  })

  test('that is never answered is unknown when its time is over', async () => {
    const { outcomes, tookMs } = await ask(1, () => undefined)
    expect(kinds(outcomes)).toEqual(['unknown'])
    expect(tookMs[0]).toBe(3_000)
  })

  test.each<[string, Serve]>([
    [
      'the server crashes',
      (_connection, _request, { host }) => host.world.schedule(1_000, undefined, 'fault', () => host.crash()),
    ],
    ['the connection is reset', connection => connection.destroy({ reset: true })],
    ['the answer is cut short', connection => (connection.write(answer('hello').subarray(0, 40)), connection.end())],
    ['the answer is no HTTP', connection => connection.write(Buffer.from('what?\r\n\r\n'))],
  ])('is unknown when %s', async (_, serve) => {
    expect(kinds((await ask(1, serve)).outcomes)).toEqual(['unknown'])
  })
})
