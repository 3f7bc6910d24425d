// Requests to other nodes and their answers; requests of other nodes and ours.

import type { Connection, Listener } from '../../../system/runtime/network.ts'
import type { Runtime } from '../../../system/runtime/runtime.ts'
import type { CassandraNodeAddress } from '../cluster.ts'
import type { ByteWriter } from '../wire/byte-writer.ts'
import { encodeMessage, MessageReader } from './message-codec.ts'
import { PeerLink } from './peer-link.ts'
import type { Message } from './verb.ts'
import { VERB } from './verb.ts'

/** An answer to a request that went to one or more nodes. */
export type OnAnswer = (from: string, answer: { readonly isDone: boolean; readonly body: Buffer }) => void

export interface Body {
  readonly sizeHint: number
  write(writer: ByteWriter): void
}

/** The body of the answer. Rejects when what was asked cannot be done. */
export type Serve = (message: Message) => Promise<Body>

export interface MessagingOptions {
  readonly self: string
  readonly nodes: readonly CassandraNodeAddress[]
  readonly storagePort: number
  readonly connectTimeoutMs: number
  readonly serve: Serve
}

export class Messaging {
  readonly #runtime: Runtime
  readonly #options: MessagingOptions
  readonly #links = new Map<string, PeerLink>()
  readonly #pending = new Map<number, { readonly onAnswer: OnAnswer; readonly sinceMs: number }>()
  readonly #accepted = new Set<Connection>()
  #listener: Listener | undefined
  #lastId = 0

  constructor(runtime: Runtime, options: MessagingOptions) {
    this.#runtime = runtime
    this.#options = options
    for (const node of options.nodes) {
      if (node.address === options.self) continue
      const onAnswer = (message: Message): void => {
        this.#pending
          .get(message.id)
          ?.onAnswer(node.address, { isDone: message.verb === VERB.done, body: message.body })
      }
      const { storagePort: port, connectTimeoutMs } = options
      this.#links.set(node.address, new PeerLink(runtime, { host: node.address, port, connectTimeoutMs, onAnswer }))
    }
  }

  async listen(): Promise<void> {
    const { storagePort: port, self: address } = this.#options
    this.#listener = await this.#runtime.network.listen({ port, address }, connection => this.#accept(connection))
  }

  /** The id of a request whose answers go to `onAnswer`, until it is forgotten. */
  expect(onAnswer: OnAnswer): number {
    const id = (this.#lastId = (this.#lastId + 1) >>> 0)
    this.#pending.set(id, { onAnswer, sinceMs: this.#runtime.clock.monotonicMs() })
    return id
  }

  forget(id: number): void {
    this.#pending.delete(id)
  }

  /** Forgets the requests that nobody will answer any more. */
  sweep(): void {
    const beforeMs = this.#runtime.clock.monotonicMs() - PENDING_MS_MAX
    for (const [id, { sinceMs }] of this.#pending) {
      if (sinceMs > beforeMs) return
      this.#pending.delete(id)
    }
  }

  /** Sends bytes that `encodeMessage` made. They may be lost. */
  send(to: string, message: Buffer): void {
    this.#links.get(to)?.send(message)
  }

  /** Resolves with the body of the answer; undefined if there was none in time, or the request could not be done. */
  ask(
    to: string,
    request: { readonly verb: number; readonly timeoutMs: number; readonly body?: Body },
  ): Promise<Buffer | undefined> {
    return new Promise(resolve => {
      const finish = (answer: Buffer | undefined): void => {
        this.forget(id)
        timer.cancel()
        resolve(answer)
      }
      const id = this.expect((_, { isDone, body }) => finish(isDone ? body : undefined))
      const timer = this.#runtime.clock.setTimer(request.timeoutMs, () => finish(undefined))
      const { verb, body } = request
      this.send(
        to,
        encodeMessage({ verb, id }, writer => body?.write(writer), body?.sizeHint),
      )
    })
  }

  /** When the link to that node last failed, in monotonic time. */
  lastFailureMs(address: string): number {
    return this.#links.get(address)?.lastFailureMs ?? -Infinity
  }

  /** The process at that address is another one, or dead. */
  reset(address: string): void {
    this.#links.get(address)?.reset()
  }

  async stop(): Promise<void> {
    for (const link of this.#links.values()) link.stop()
    for (const connection of this.#accepted) connection.destroy()
    await this.#listener?.close()
  }

  #accept(connection: Connection): void {
    const reader = new MessageReader({ isGreeted: false })
    this.#accepted.add(connection)
    connection.handle({
      onData: chunk => {
        try {
          reader.add(chunk)
          for (let message = reader.next(); message !== undefined; message = reader.next()) {
            this.#serve(connection, message)
          }
        } catch (error) {
          this.#runtime.log.write('warn', 'peer spoke nonsense', {
            peer: connection.remoteAddress,
            error: error instanceof Error ? error.message : String(error),
          })
          connection.destroy({ reset: true })
        }
      },
      onEnd: () => connection.end(),
      onClose: () => this.#accepted.delete(connection),
    })
  }

  #serve(connection: Connection, message: Message): void {
    const { id } = message
    this.#options.serve(message).then(
      answer => {
        connection.write(encodeMessage({ verb: VERB.done, id }, writer => answer.write(writer), answer.sizeHint))
      },
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error)
        this.#runtime.log.write('warn', 'request of a peer failed', { verb: message.verb, error: reason })
        connection.write(encodeMessage({ verb: VERB.failed, id }))
      },
    )
  }
}

/** Longer than anybody waits for an answer. */
const PENDING_MS_MAX = 120_000
