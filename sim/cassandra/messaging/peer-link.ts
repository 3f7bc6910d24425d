// The connection to one other node, made when there is something to say. A message that cannot be sent is lost, and nobody
// is told: whoever waits for an answer has a time-out of his own.

import type { Runtime } from '../../../system/runtime/runtime.ts'
import type { Connection } from '../../../system/runtime/network.ts'
import { greeting, MessageReader } from './message-codec.ts'
import type { Message } from './verb.ts'

export interface PeerLinkOptions {
  readonly host: string
  readonly port: number
  readonly connectTimeoutMs: number
  readonly onAnswer: (message: Message) => void
}

export class PeerLink {
  readonly #runtime: Runtime
  readonly #options: PeerLinkOptions
  #connection: Connection | undefined
  #isConnecting = false
  /** What waits for the connection. */
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #notBeforeMs = 0
  #lastFailureMs = -Infinity
  #isStopped = false

  constructor(runtime: Runtime, options: PeerLinkOptions) {
    this.#runtime = runtime
    this.#options = options
  }

  /** When a connection last failed or could not be made, in monotonic time. */
  get lastFailureMs(): number {
    return this.#lastFailureMs
  }

  /** The bytes must not change any more. */
  send(message: Buffer): void {
    const connection = this.#connection
    const queuedBytes = connection?.bufferedBytes ?? this.#waitingBytes
    if (queuedBytes > QUEUED_BYTES_MAX) {
      this.#runtime.log.count('cassandra_messages_dropped')
    } else if (connection !== undefined) {
      connection.write(message)
    } else if (!this.#isStopped && this.#connect()) {
      this.#waiting.push(message)
      this.#waitingBytes += message.length
    }
  }

  /** The node at the other end is another one than before, or none: what was under way to it is lost. */
  reset(): void {
    const connection = this.#connection
    this.#connection = undefined
    this.#notBeforeMs = 0
    connection?.destroy({ reset: true })
  }

  stop(): void {
    this.#isStopped = true
    this.#forgetWaiting()
    const connection = this.#connection
    this.#connection = undefined
    connection?.destroy()
  }

  /** Whether there will be a connection, or a failure, soon. */
  #connect(): boolean {
    if (this.#isConnecting) return true
    if (this.#runtime.clock.monotonicMs() < this.#notBeforeMs) return false
    this.#isConnecting = true
    const { host, port, connectTimeoutMs: timeoutMs } = this.#options
    this.#runtime.network.connect({ host, port, timeoutMs }).then(
      connection => this.#opened(connection),
      () => this.#failed(),
    )
    return true
  }

  #opened(connection: Connection): void {
    this.#isConnecting = false
    if (this.#isStopped) {
      connection.destroy()
      return
    }
    this.#connection = connection
    const reader = new MessageReader({ isGreeted: true })
    connection.handle({
      onData: chunk => {
        try {
          reader.add(chunk)
          for (let message = reader.next(); message !== undefined; message = reader.next()) {
            this.#options.onAnswer(message)
          }
        } catch (error) {
          this.#runtime.log.write('warn', 'peer spoke nonsense', { peer: this.#options.host, error: String(error) })
          connection.destroy({ reset: true })
          this.#lost(connection)
        }
      },
      onEnd: () => {
        connection.end()
        this.#lost(connection)
      },
      onClose: () => this.#lost(connection),
    })
    connection.write(Buffer.concat([greeting(), ...this.#waiting]))
    this.#forgetWaiting()
  }

  #failed(): void {
    this.#isConnecting = false
    this.#lastFailureMs = this.#runtime.clock.monotonicMs()
    this.#notBeforeMs = this.#lastFailureMs + RECONNECT_PAUSE_MS
    this.#forgetWaiting()
  }

  #lost(connection: Connection): void {
    if (this.#connection !== connection) return
    this.#connection = undefined
    this.#lastFailureMs = this.#runtime.clock.monotonicMs()
  }

  #forgetWaiting(): void {
    this.#waiting = []
    this.#waitingBytes = 0
  }
}

const RECONNECT_PAUSE_MS = 200
const QUEUED_BYTES_MAX: number = 64 * 1024 * 1024
