// Listens for Kafka connections. On each, requests are answered one at a time, in their order, as Kafka does: while one is
// waiting for its answer, those behind it wait too.

import type { Clock } from '../../../system/runtime/clock.ts'
import type { Log } from '../../../system/runtime/log.ts'
import type { Connection, Listener, Network } from '../../../system/runtime/network.ts'
import { FrameSplitter, readRequestHeader } from '../wire/frames.ts'
import type { RequestHeader } from '../wire/frames.ts'
import { MalformedRequest } from '../wire/malformed-request.ts'
import { WireReader } from '../wire/wire-reader.ts'

export interface Request {
  readonly header: RequestHeader
  /** At the body. */
  readonly body: WireReader
  readonly clientAddress: string
}

/**
 * The whole frame of the answer, or undefined if there is none to be given. Throws MalformedRequest, or rejects with it, to
 * have the connection closed.
 */
export type Answerer = (request: Request) => Buffer | undefined | Promise<Buffer | undefined>

export interface RequestServerOptions {
  readonly port: number
  /** socket.request.max.bytes */
  readonly requestBytesMax: number
  /** connections.max.idle.ms: a connection on which nothing comes for so long is closed. */
  readonly idleMaxMs: number
  readonly answer: Answerer
}

export interface RequestServerPorts {
  readonly network: Network
  readonly clock: Clock
  readonly log: Log
}

export class RequestServer {
  readonly #ports: RequestServerPorts
  readonly #options: RequestServerOptions
  readonly #connections = new Set<ServedConnection>()
  #listener: Listener | undefined
  #isStopped = false

  constructor(ports: RequestServerPorts, options: RequestServerOptions) {
    this.#ports = ports
    this.#options = options
  }

  /** Rejects with EADDRINUSE. */
  async listen(): Promise<void> {
    this.#listener = await this.#ports.network.listen({ port: this.#options.port }, connection => {
      const served = new ServedConnection(this.#ports, this.#options, connection)
      this.#connections.add(served)
      served.serve(() => this.#connections.delete(served))
    })
    this.#sweep()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    for (const served of this.#connections) served.close()
    await this.#listener?.close()
  }

  /** One timer for all connections: most are never idle. */
  #sweep(): void {
    const { clock } = this.#ports
    clock.setTimer(this.#options.idleMaxMs / 2, () => {
      if (this.#isStopped) return
      const oldestMs = clock.monotonicMs() - this.#options.idleMaxMs
      for (const served of this.#connections) if (served.lastRequestMs < oldestMs) served.close()
      this.#sweep()
    })
  }
}

/** More waiting requests than this are left in the network. */
const WAITING_REQUESTS_MAX = 64

class ServedConnection {
  readonly #ports: RequestServerPorts
  readonly #options: RequestServerOptions
  readonly #connection: Connection
  readonly #splitter: FrameSplitter
  readonly #waiting: Buffer[] = []
  #isBusy = false
  #isClosed = false
  #isPaused = false
  #onDrain: (() => void) | undefined
  lastRequestMs: number

  constructor(ports: RequestServerPorts, options: RequestServerOptions, connection: Connection) {
    this.#ports = ports
    this.#options = options
    this.#connection = connection
    this.#splitter = new FrameSplitter(options.requestBytesMax)
    this.lastRequestMs = ports.clock.monotonicMs()
  }

  serve(onClose: () => void): void {
    this.#connection.handle({
      onData: chunk => this.#take(chunk),
      onEnd: () => this.close(),
      onDrain: () => {
        this.#onDrain?.()
        this.#onDrain = undefined
      },
      onClose: () => {
        this.#isClosed = true
        onClose()
      },
    })
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#waiting.length = 0
    this.#connection.destroy()
  }

  #take(chunk: Uint8Array): void {
    if (this.#isClosed) return
    try {
      for (const frame of this.#splitter.push(chunk)) this.#waiting.push(frame)
    } catch (error) {
      this.#refuse(error)
      return
    }
    if (!this.#isBusy) void this.#work()
    if (this.#waiting.length > WAITING_REQUESTS_MAX && !this.#isPaused) {
      this.#isPaused = true
      this.#connection.pause()
    }
  }

  async #work(): Promise<void> {
    this.#isBusy = true
    for (let frame = this.#waiting.shift(); frame !== undefined; frame = this.#waiting.shift()) {
      this.lastRequestMs = this.#ports.clock.monotonicMs()
      try {
        const body = new WireReader(frame)
        const header = readRequestHeader(body)
        const answering = this.#options.answer({ header, body, clientAddress: this.#connection.remoteAddress })
        const answer = answering instanceof Promise ? await answering : answering
        if (this.#isClosed) return
        if (answer !== undefined && !this.#connection.write(answer)) await this.#drained()
      } catch (error) {
        this.#refuse(error)
        return
      }
    }
    this.#isBusy = false
    if (this.#isPaused && !this.#isClosed) {
      this.#isPaused = false
      this.#connection.resume()
    }
  }

  #drained(): Promise<void> {
    return new Promise(resolve => {
      this.#onDrain = resolve
    })
  }

  #refuse(error: unknown): void {
    const { log } = this.#ports
    const said = error instanceof Error ? error.message : String(error)
    if (error instanceof MalformedRequest) log.write('info', 'connection closed for a request', { error: said })
    else log.write('error', 'request failed', { error: said, stack: error instanceof Error ? error.stack : undefined })
    this.close()
  }
}
