// The HTTP client of simulated clients, over the Network port: HTTP/1.1, connections kept and used again, one request at a
// time on each. It is here for the difference that libraries hide: whether a request without an answer certainly did nothing.

import type { Clock } from '../system/runtime/clock.ts'
import type { Connection, Network } from '../system/runtime/network.ts'
import { AnswerParser } from './http-answer.ts'
import type { HttpAnswer } from './http-answer.ts'

export interface HttpRequest {
  readonly host: string
  readonly port: number
  readonly method: 'GET' | 'POST'
  /** Path and query, already percent-encoded. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** From the call to the end of the answer. */
  readonly timeoutMs: number
}

/** not-sent: certainly without effect. unknown: it was sent, wholly or in part, and no answer came. */
export type HttpOutcome =
  | { readonly kind: 'answer'; readonly answer: HttpAnswer }
  | { readonly kind: 'not-sent'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string }

export class HttpClient {
  readonly #network: Network
  readonly #clock: Clock
  readonly #idle = new Map<string, Exchange[]>()

  constructor(ports: { readonly network: Network; readonly clock: Clock }) {
    this.#network = ports.network
    this.#clock = ports.clock
  }

  /** Never rejects. */
  async request(request: HttpRequest): Promise<HttpOutcome> {
    const deadlineMs = this.#clock.monotonicMs() + request.timeoutMs
    const peer = `${request.host}:${request.port}`
    let exchange = this.#idle.get(peer)?.pop()
    if (exchange === undefined) {
      try {
        const { host, port, timeoutMs } = request
        exchange = new Exchange(await this.#network.connect({ host, port, timeoutMs }), this.#clock)
      } catch (error) {
        return { kind: 'not-sent', why: messageOf(error) }
      }
    }
    const outcome = await exchange.run(bytesOf(request), deadlineMs)
    if (exchange.isReusable) this.#keep(peer, exchange)
    return outcome
  }

  /** Lets go of all kept connections. */
  close(): void {
    for (const exchanges of this.#idle.values()) for (const exchange of exchanges) exchange.close()
    this.#idle.clear()
  }

  #keep(peer: string, exchange: Exchange): void {
    const exchanges = this.#idle.get(peer) ?? []
    this.#idle.set(peer, exchanges)
    exchanges.push(exchange)
    exchange.onGone = () => void exchanges.splice(exchanges.indexOf(exchange), 1)
  }
}

/** One connection and the request on it. */
class Exchange {
  /** Called when the peer lets go of the connection while no request is on it. */
  onGone: (() => void) | undefined
  readonly #connection: Connection
  readonly #clock: Clock
  #parser: AnswerParser | undefined
  #settle: ((outcome: HttpOutcome) => void) | undefined
  #isGone = false

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection
    this.#clock = clock
    connection.handle({
      onData: chunk => this.#onData(chunk),
      onEnd: () => this.#onEnd(),
      onClose: error => this.#lost(error?.message ?? 'the connection was closed'),
    })
  }

  get isReusable(): boolean {
    return !this.#isGone
  }

  run(bytes: Uint8Array, deadlineMs: number): Promise<HttpOutcome> {
    this.onGone = undefined
    this.#parser = new AnswerParser()
    return new Promise(resolve => {
      const timer = this.#clock.setTimer(deadlineMs - this.#clock.monotonicMs(), () => this.#lost('no answer in time'))
      this.#settle = outcome => {
        timer.cancel()
        this.#settle = undefined
        resolve(outcome)
      }
      this.#connection.write(bytes)
    })
  }

  close(): void {
    this.#isGone = true
    this.#connection.destroy()
  }

  #onData(chunk: Uint8Array): void {
    const parser = this.#parser
    if (parser === undefined || this.#settle === undefined) return this.#lost('bytes that nobody asked for')
    const state = parser.push(chunk)
    if (state === 'malformed') this.#lost('the answer is no HTTP')
    else if (state === 'done') this.#answered(parser.answer())
  }

  #onEnd(): void {
    const parser = this.#parser
    if (this.#settle !== undefined && parser?.end() === 'done') this.#answered(parser.answer())
    this.#lost('the connection was ended')
  }

  #answered(answer: HttpAnswer): void {
    if (answer.headers.get('connection')?.toLowerCase() === 'close') this.close()
    this.#parser = undefined
    this.#settle?.({ kind: 'answer', answer })
  }

  #lost(why: string): void {
    if (!this.#isGone) this.close()
    this.#settle?.({ kind: 'unknown', why })
    this.onGone?.()
    this.onGone = undefined
  }
}

function bytesOf(request: HttpRequest): Uint8Array {
  const headers = { host: `${request.host}:${request.port}`, ...request.headers }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const length = request.body === undefined ? '' : `content-length: ${request.body.length}\r\n`
  const head = Buffer.from(`${request.method} ${request.target} HTTP/1.1\r\n${lines.join('')}${length}\r\n`, 'latin1')
  return request.body === undefined ? head : Buffer.concat([head, request.body])
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
