// A client of raw HTTP over the Network port, for tests.

import type { Connection, Network } from '../../../system/runtime/network.ts'

export interface Response {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly json: unknown
}

export interface Client {
  send(text: string): void
  reset(): void
  received(): string
  isClosed(): boolean
  response(): Promise<Response>
}

export async function connected(network: Network): Promise<Client> {
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

export async function exchange(network: Network, text: string): Promise<Response> {
  return exchangeOn(await connected(network), text)
}

export function exchangeOn(client: Client, text: string): Promise<Response> {
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

export function requestText(
  request: string,
  options: { headers?: Readonly<Record<string, string>>; body?: string },
): string {
  const lines = [
    `${request} HTTP/1.1`,
    'host: h',
    ...Object.entries(options.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
  ]
  if (options.body !== undefined) lines.push(`content-length: ${Buffer.byteLength(options.body)}`)
  return `${lines.join('\r\n')}\r\n\r\n${options.body ?? ''}`
}

/** Lets the event loop turn: bytes go from one side to the other. */
export async function turns(count = 30): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(resolve => setImmediate(resolve))
}
