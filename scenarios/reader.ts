// A client that asks queries, and takes down what it was answered.

import type { Clock } from '../system/runtime/clock.ts'
import type { Entropy } from '../system/runtime/entropy.ts'
import type { Runtime } from '../system/runtime/runtime.ts'
import type { HistoryBook } from './history-book.ts'
import type { QueryResult, Reply } from './history.ts'
import { HttpClient } from './http-client.ts'
import type { HttpOutcome } from './http-client.ts'
import type { Query } from './query.ts'
import type { RowReader } from './read-row.ts'
import { parse, replyOf } from './write-answer.ts'
import type { Keys, Server } from './writer.ts'

export interface ReaderOptions {
  readonly servers: readonly Server[]
  readonly keys: Keys
  readonly timeoutMs: number
  readonly book: HistoryBook
  readonly rows: RowReader
}

export class Reader {
  readonly #host: string
  readonly #clock: Clock
  readonly #entropy: Entropy
  readonly #http: HttpClient
  readonly #options: ReaderOptions
  #asked = 0
  #isStopped = false

  constructor(runtime: Runtime, options: ReaderOptions) {
    this.#host = runtime.host
    this.#clock = runtime.clock
    this.#entropy = runtime.entropy.fork('reader')
    this.#http = new HttpClient(runtime)
    this.#options = options
  }

  /** Asks one after the other, over and over, until `stop`. */
  async askOverAndOver(queries: readonly Query[], pauseMs: number): Promise<void> {
    for (let index = 0; !this.#isStopped && queries.length > 0; index = (index + 1) % queries.length) {
      const query = queries[index]
      if (query !== undefined) await this.ask(query)
      await this.sleep(pauseMs)
    }
  }

  /** Ends `askOverAndOver` after the query that is under way. */
  stop(): void {
    this.#isStopped = true
  }

  /** Undefined: there was no good answer. Never rejects. */
  async ask(query: Query): Promise<QueryResult | undefined> {
    const { servers, keys, timeoutMs, book } = this.#options
    const server = servers[this.#entropy.fork(`server ${this.#asked++}`).below(servers.length)]
    if (server === undefined) throw new RangeError('a reader needs a server')
    const { collection, filters, timeframe } = query
    const returned = book.queryCalled({ host: this.#host, query })
    const outcome = await this.#http.request({
      ...{ ...server, method: 'POST', timeoutMs },
      target: `/3.0/projects/${query.project}/queries/${query.analysis}`,
      headers: { 'content-type': 'application/json', authorization: keys.get(query.project)?.readKey ?? '' },
      body: Buffer.from(JSON.stringify({ event_collection: collection, filters, timeframe }), 'utf8'),
    })
    const { reply, result } = this.#read(query, outcome)
    returned(reply, result)
    return result
  }

  sleep(delayMs: number): Promise<void> {
    return this.#clock.sleep(delayMs)
  }

  #read(query: Query, outcome: HttpOutcome): { reply: Reply; result?: QueryResult } {
    if (outcome.kind === 'not-sent') return { reply: { kind: 'not-sent', why: outcome.why } }
    if (outcome.kind === 'unknown') return { reply: { kind: 'none', why: outcome.why } }
    const { status, body } = outcome.answer
    const said = parse(body)
    if (status !== 200) return { reply: replyOf(status, said) }
    const result = typeof said === 'object' && said !== null && 'result' in said ? said.result : undefined
    const reply: Reply = { kind: 'status', status }
    if (query.analysis === 'count' && typeof result === 'number')
      return { reply, result: { kind: 'count', count: result } }
    if (query.analysis === 'extraction' && Array.isArray(result)) {
      return { reply, result: { kind: 'extraction', rows: result.map(row => this.#options.rows.read(row)) } }
    }
    return { reply: { kind: 'strange', status, what: JSON.stringify(said)?.slice(0, 200) ?? 'no JSON' } }
  }
}
