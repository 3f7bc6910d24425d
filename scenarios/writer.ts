// A client that sends events: a few requests at a time, and what was not certainly stored again as another attempt.

import type { Clock } from '../system/runtime/clock.ts'
import type { Entropy } from '../system/runtime/entropy.ts'
import type { Runtime } from '../system/runtime/runtime.ts'
import type { HistoryBook } from './history-book.ts'
import type { WriteItem } from './history.ts'
import { HttpClient } from './http-client.ts'
import type { HttpRequest } from './http-client.ts'
import type { Ledger } from './ledger.ts'
import { bodyOf } from './source-event.ts'
import { writeAnswerOf } from './write-answer.ts'
import type { BadRequestSend, EventsSend, Send, SendItem } from './workload.ts'

export interface WriterOptions {
  readonly servers: readonly Server[]
  readonly keys: Keys
  /** Requests under way at a time. */
  readonly hands: number
  readonly timeoutMs: number
  /** Before what failed is sent again. */
  readonly pauseMs: { readonly min: number; readonly max: number }
  readonly book: HistoryBook
  readonly ledger: Ledger
}

export interface Server {
  readonly host: string
  readonly port: number
}

/** The keys of all projects that clients know. */
export type Keys = ReadonlyMap<string, { readonly writeKey: string; readonly readKey: string }>

export class Writer {
  readonly #host: string
  readonly #clock: Clock
  readonly #entropy: Entropy
  readonly #http: HttpClient
  readonly #options: WriterOptions
  readonly #ready: Send[] = []
  readonly #attempts = new Map<string, number>()
  #unbegun = 0
  #waiting = 0
  #underWay = 0

  constructor(runtime: Runtime, options: WriterOptions) {
    this.#host = runtime.host
    this.#clock = runtime.clock
    this.#entropy = runtime.entropy.fork('writer')
    this.#http = new HttpClient(runtime)
    this.#options = options
  }

  /** Everything that was to be sent is accepted or refused. */
  get isIdle(): boolean {
    return this.unsettled === 0
  }

  /** Requests that wait for their time, for a free hand or for an answer. */
  get unsettled(): number {
    return this.#waiting + this.#ready.length + this.#underWay
  }

  /** The time of all that was given to `send` has come. */
  get isBegun(): boolean {
    return this.#unbegun === 0
  }

  /** Each at its time, counted from now. */
  send(sends: readonly Send[]): void {
    this.#unbegun += sends.length
    for (const send of sends) {
      this.#sendLater(send, send.atMs)
      this.#clock.setTimer(send.atMs, () => this.#unbegun--)
    }
  }

  /**
   * One after the other, from when the time of all that was given to `send` has come, with pauses that grow, so that they
   * last; all that are left when `isOver` says so.
   */
  async trickle(sends: readonly Send[], isOver: () => boolean): Promise<void> {
    this.#waiting += sends.length
    let pauseMs = TRICKLE_MIN_MS
    while (!this.isBegun && !isOver()) await this.#clock.sleep(pauseMs)
    for (const send of sends) {
      if (!isOver()) await this.#clock.sleep(pauseMs)
      pauseMs = Math.min(pauseMs * TRICKLE_GROWTH, TRICKLE_MAX_MS)
      this.#waiting--
      this.#sendLater(send, 0)
    }
  }

  #sendLater(send: Send, delayMs: number): void {
    this.#waiting++
    this.#clock.setTimer(delayMs, () => {
      this.#waiting--
      this.#ready.push(send)
      this.#next()
    })
  }

  #next(): void {
    while (this.#underWay < this.#options.hands) {
      const send = this.#ready.shift()
      if (send === undefined) return
      this.#underWay++
      void this.#perform(send)
    }
  }

  async #perform(send: Send): Promise<void> {
    const items = send.kind === 'events' ? this.#itemsOf(send) : itemsOfBad(send)
    const form = send.kind === 'events' ? send.form : send.bad.collection === undefined ? 'bulk' : 'single'
    const project = send.kind === 'events' ? send.project : send.bad.project
    const draw = this.#entropy.fork(nameOf(items))
    const request = send.kind === 'events' ? this.#requestOf(send, items, draw) : this.#requestOfBad(send, draw)
    const returned = this.#options.book.writeCalled({ host: this.#host, form, project, items })
    const { reply, fates } = writeAnswerOf(form, items, await this.#http.request(request))
    const told = items.map((item, index): WriteItem => ({ ...item, fate: fates[index] ?? item.fate }))
    returned(reply, told)
    for (const { collection, what, fate } of told) {
      if (what.kind === 'event' && fate.kind === 'accepted')
        this.#options.ledger.accept({ project, collection }, what.attempt)
    }
    if (send.kind === 'events') this.#again(send, told, draw)
    this.#underWay--
    this.#next()
  }

  /** What is not accepted and not refused goes once more; what must be refused has had its chance. */
  #again(send: EventsSend, told: readonly WriteItem[], draw: Entropy): void {
    const items = send.items.filter((item, index) => {
      const fate = told[index]?.fate.kind
      return item.kind === 'event' && (fate === 'failed' || fate === 'unknown')
    })
    if (items.length === 0) return
    const { min, max } = this.#options.pauseMs
    const delayMs = min + draw.fork('pause').float() * (max - min)
    this.#sendLater({ ...send, form: items.length === 1 ? 'single' : 'bulk', items }, delayMs)
  }

  /** Each event as its next attempt. */
  #itemsOf(send: EventsSend): readonly WriteItem[] {
    return send.items.map((item): WriteItem => {
      if (item.kind === 'bad') {
        const { name, collection, alone, inBulk } = item.bad
        const expected = send.form === 'single' ? alone : { status: 200, code: inBulk }
        return { collection, what: { kind: 'bad', name, expected }, fate: { kind: 'unknown' } }
      }
      const { key, collection } = item.event
      const number = (this.#attempts.get(key) ?? 0) + 1
      this.#attempts.set(key, number)
      return { collection, what: { kind: 'event', attempt: { key, number } }, fate: { kind: 'unknown' } }
    })
  }

  #requestOf(send: EventsSend, items: readonly WriteItem[], draw: Entropy): HttpRequest {
    const values = send.items.map((item, index) => valueOf(item, items[index]))
    const path = `/3.0/projects/${send.project}/events`
    const [first] = items
    const isSingle = send.form === 'single' && first !== undefined
    return this.#post({
      target: isSingle ? `${path}/${encodeURIComponent(first.collection)}` : path,
      key: this.#options.keys.get(send.project)?.writeKey,
      body: JSON.stringify(isSingle ? values[0] : byCollection(items, values)),
      draw,
    })
  }

  #requestOfBad({ bad }: BadRequestSend, draw: Entropy): HttpRequest {
    const path = `/3.0/projects/${bad.project}/events`
    const { writeKey, readKey } = this.#options.keys.get(bad.project) ?? [...this.#options.keys.values()][0] ?? {}
    const keys = { write: writeKey, read: readKey, wrong: 'F'.repeat(64), none: undefined }
    const target = bad.collection === undefined ? path : `${path}/${encodeURIComponent(bad.collection)}`
    return this.#post({ target, key: keys[bad.key], body: bad.body, draw })
  }

  #post(what: { target: string; key: string | undefined; body: string; draw: Entropy }): HttpRequest {
    const { servers, timeoutMs } = this.#options
    const server = servers[what.draw.fork('server').below(servers.length)]
    if (server === undefined) throw new RangeError('a writer needs a server')
    const authorization = what.key === undefined ? {} : { authorization: what.key }
    return {
      ...{ ...server, method: 'POST', target: what.target, timeoutMs },
      headers: { 'content-type': 'application/json', ...authorization },
      body: Buffer.from(what.body, 'utf8'),
    }
  }
}

const TRICKLE_MIN_MS = 800
const TRICKLE_GROWTH = 1.15
const TRICKLE_MAX_MS = 5_000

function valueOf(item: SendItem, as: WriteItem | undefined): unknown {
  if (item.kind === 'bad') return item.bad.value
  return bodyOf(item.event, as?.what.kind === 'event' ? as.what.attempt.number : 0)
}

function byCollection(items: readonly WriteItem[], values: readonly unknown[]): Record<string, unknown[]> {
  const batch: Record<string, unknown[]> = {}
  for (const [index, { collection }] of items.entries()) (batch[collection] ??= []).push(values[index])
  return batch
}

function itemsOfBad({ bad }: BadRequestSend): readonly WriteItem[] {
  const { name, expected, collection = '' } = bad
  return [{ collection, what: { kind: 'bad', name, expected }, fate: { kind: 'unknown' } }]
}

/** Keys what is drawn for a request: one more request elsewhere leaves it as it is. */
function nameOf(items: readonly WriteItem[]): string {
  const [first] = items
  if (first === undefined) return 'nothing'
  return first.what.kind === 'event' ? `${first.what.attempt.key}/${first.what.attempt.number}` : first.what.name
}
