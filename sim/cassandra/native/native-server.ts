// The port to which clients connect: bytes in, frames out. Whatever a client sends, the node lives on.

import type { Connection, Listener } from '../../../system/runtime/network.ts'
import type { Runtime } from '../../../system/runtime/runtime.ts'
import { RequestError } from '../request-error.ts'
import { MalformedBytes } from '../wire/byte-reader.ts'
import type { SessionParts } from './client-session.ts'
import { ClientSession } from './client-session.ts'
import type { Frame } from './frame-reader.ts'
import { FrameReader, UnreadableFrame } from './frame-reader.ts'
import { readRequest } from './request.ts'
import type { ServerEvent } from './response.ts'
import { eventFrame, responseFrame } from './response.ts'

export interface NativeServerOptions {
  readonly address: string
  readonly port: number
  readonly parts: SessionParts
}

export class NativeServer {
  readonly #runtime: Runtime
  readonly #options: NativeServerOptions
  readonly #clients = new Map<Connection, ClientSession>()
  #listener: Listener | undefined

  constructor(runtime: Runtime, options: NativeServerOptions) {
    this.#runtime = runtime
    this.#options = options
  }

  async listen(): Promise<void> {
    const { address, port } = this.#options
    this.#listener = await this.#runtime.network.listen({ port, address }, connection => this.#accept(connection))
  }

  /** To every client that has asked to be told. */
  announce(event: ServerEvent): void {
    const frame = eventFrame(event)
    for (const [connection, session] of this.#clients) if (session.wants(event)) connection.write(frame)
  }

  async stop(): Promise<void> {
    for (const connection of this.#clients.keys()) connection.destroy()
    await this.#listener?.close()
  }

  #accept(connection: Connection): void {
    const session = new ClientSession(this.#options.parts)
    const reader = new FrameReader()
    this.#clients.set(connection, session)
    connection.handle({
      onData: chunk => {
        try {
          reader.add(chunk)
          for (let next = reader.next(); next !== undefined; next = reader.next()) {
            if ('error' in next)
              this.#write(connection, responseFrame(next.stream, { kind: 'error', error: next.error }))
            else void this.#serve(connection, session, next)
          }
        } catch (error) {
          this.#refuse(connection, error)
        }
      },
      onEnd: () => connection.end(),
      onDrain: () => connection.resume(),
      onClose: () => this.#clients.delete(connection),
    })
  }

  async #serve(connection: Connection, session: ClientSession, frame: Frame): Promise<void> {
    let bytes: Buffer
    try {
      const { response, warnings } = await session.answer(readRequest(frame))
      bytes = responseFrame(frame.stream, response, warnings)
    } catch (error) {
      bytes = responseFrame(frame.stream, { kind: 'error', error: this.#errorOf(error) })
    }
    this.#write(connection, bytes)
  }

  /** What the client is told of what went wrong. */
  #errorOf(error: unknown): RequestError {
    if (error instanceof RequestError) return error
    if (error instanceof MalformedBytes) return new RequestError({ kind: 'protocol-error' }, error.message)
    const message = error instanceof Error ? error.message : String(error)
    this.#runtime.log.write('error', 'request failed unexpectedly', {
      error: message,
      stack: error instanceof Error ? error.stack : undefined,
    })
    return new RequestError({ kind: 'server-error' }, message)
  }

  /** A client that does not take its answers is not asked for more. */
  #write(connection: Connection, bytes: Buffer): void {
    if (!connection.write(bytes)) connection.pause()
  }

  /** After bytes that are no frame, nothing that follows can be understood. */
  #refuse(connection: Connection, error: unknown): void {
    if (!(error instanceof UnreadableFrame)) throw error
    const refusal = new RequestError({ kind: 'protocol-error' }, error.message)
    connection.write(responseFrame(error.stream, { kind: 'error', error: refusal }))
    connection.destroy()
  }
}
