// A connection to another broker, or to the controller: requests in, answers out, a new connection when the old one is gone.

import type { Clock } from '../../../system/runtime/clock.ts'
import type { Connection, Network } from '../../../system/runtime/network.ts'
import type { Api } from '../wire/api.ts'
import { FrameSplitter, requestFrame } from '../wire/frames.ts'
import { WireReader } from '../wire/wire-reader.ts'
import type { WireWriter } from '../wire/wire-writer.ts'

export interface RequestClientPorts {
  readonly network: Network
  readonly clock: Clock
}

export interface RequestClientOptions {
  readonly host: string
  readonly port: number
  readonly clientId: string
  readonly connectTimeoutMs: number
  /** A connection on which an answer takes longer is given up. */
  readonly requestTimeoutMs: number
}

interface Pending {
  readonly deadlineMs: number
  resolve(body: WireReader): void
  reject(error: Error): void
}

/** The answer did not come: whether the request had an effect is unknown. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed'
}

export class RequestClient {
  readonly #ports: RequestClientPorts
  readonly #options: RequestClientOptions
  #connection: Connection | undefined
  #connecting: Promise<Connection> | undefined
  #pending = new Map<number, Pending>()
  #nextCorrelationId = 0
  #isWatching = false
  #isClosed = false

  constructor(ports: RequestClientPorts, options: RequestClientOptions) {
    this.#ports = ports
    this.#options = options
  }

  /** Rejects with RequestFailed, or with the NetworkError of connecting. */
  async request(api: Api, body: (writer: WireWriter) => void): Promise<WireReader> {
    if (this.#isClosed) throw new RequestFailed('closed')
    const connection = this.#connection ?? (await this.#connect())
    const correlationId = this.#nextCorrelationId
    this.#nextCorrelationId = (correlationId + 1) & 0x7fff_ffff
    const header = { key: api.key, version: api.maxVersion, correlationId, clientId: this.#options.clientId }
    return new Promise((resolve, reject) => {
      const deadlineMs = this.#ports.clock.monotonicMs() + this.#options.requestTimeoutMs
      this.#pending.set(correlationId, { deadlineMs, resolve, reject })
      this.#watch(this.#options.requestTimeoutMs)
      connection.write(requestFrame(header, body))
    })
  }

  /** What is under way fails; with another request a new connection is made. */
  reset(why: string): void {
    const connection = this.#connection
    this.#connection = undefined
    connection?.destroy({ reset: true })
    this.#failAll(why)
  }

  close(): void {
    this.#isClosed = true
    this.reset('closed')
  }

  async #connect(): Promise<Connection> {
    this.#connecting ??= this.#open()
    try {
      return await this.#connecting
    } finally {
      this.#connecting = undefined
    }
  }

  async #open(): Promise<Connection> {
    const { host, port, connectTimeoutMs } = this.#options
    const connection = await this.#ports.network.connect({ host, port, timeoutMs: connectTimeoutMs })
    if (this.#isClosed) {
      connection.destroy()
      throw new RequestFailed('closed')
    }
    const splitter = new FrameSplitter(ANSWER_BYTES_MAX)
    const gone = (why: string): void => {
      if (this.#connection !== connection) return
      this.#connection = undefined
      this.#failAll(why)
    }
    connection.handle({
      onData: chunk => {
        try {
          for (const frame of splitter.push(chunk)) this.#take(frame)
        } catch (error) {
          connection.destroy({ reset: true })
          gone(String(error))
        }
      },
      onEnd: () => {
        connection.destroy()
        gone('the connection was closed')
      },
      onClose: error => gone(error?.message ?? 'the connection was closed'),
    })
    this.#connection = connection
    return connection
  }

  #take(frame: Buffer): void {
    const reader = new WireReader(frame)
    const correlationId = reader.i32()
    const pending = this.#pending.get(correlationId)
    this.#pending.delete(correlationId)
    pending?.resolve(reader)
  }

  /** One timer for all requests: it is armed again only when it fires, so that a quick answer costs none. */
  #watch(delayMs: number): void {
    if (this.#isWatching) return
    this.#isWatching = true
    this.#ports.clock.setTimer(delayMs, () => {
      this.#isWatching = false
      const [oldest] = this.#pending.values()
      if (oldest === undefined) return
      const leftMs = oldest.deadlineMs - this.#ports.clock.monotonicMs()
      if (leftMs <= 0) this.reset('no answer in time')
      else this.#watch(leftMs)
    })
  }

  #failAll(why: string): void {
    const pending = this.#pending
    this.#pending = new Map()
    for (const { reject } of pending.values()) reject(new RequestFailed(why))
  }
}

const ANSWER_BYTES_MAX = 256 * 1024 * 1024
