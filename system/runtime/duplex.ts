// Connections as Node streams, for libraries that want a socket: an HTTP server, a Kafka client.

import { Duplex } from 'node:stream'
import type { Connection, Network } from './network.ts'

/** A stream over a connection that stands. Destroying it with an error resets the connection. */
export function duplexOver(connection: Connection): ConnectionDuplex {
  const duplex = new ConnectionDuplex()
  duplex.attach(connection)
  return duplex
}

/**
 * A stream over a connection that is still to be made: emits `connect`, or is destroyed with the NetworkError. What is
 * written before goes out, in one piece, once it is made.
 */
export function connectingDuplex(
  network: Network,
  options: { readonly host: string; readonly port: number; readonly timeoutMs?: number },
): ConnectionDuplex {
  const duplex = new ConnectionDuplex()
  network.connect(options).then(
    connection => {
      if (duplex.destroyed) connection.destroy({ reset: true })
      else duplex.attach(connection)
    },
    (error: unknown) => duplex.destroy(error instanceof Error ? error : new Error(String(error))),
  )
  return duplex
}

type Done = (error?: Error | null) => void

/** Half-open like TCP: our side stays until it is ended, whatever the peer does. */
export class ConnectionDuplex extends Duplex {
  #connection: Connection | undefined
  /** What the stream waits for: the connection, or room in it. */
  #waiting: (() => void) | undefined
  bytesRead = 0
  bytesWritten = 0

  constructor() {
    super({ allowHalfOpen: true, autoDestroy: true, emitClose: true })
  }

  get connecting(): boolean {
    return this.#connection === undefined && !this.destroyed
  }

  get localAddress(): string | undefined {
    return this.#connection?.localAddress
  }

  get localPort(): number | undefined {
    return this.#connection?.localPort
  }

  get remoteAddress(): string | undefined {
    return this.#connection?.remoteAddress
  }

  get remotePort(): number | undefined {
    return this.#connection?.remotePort
  }

  get remoteFamily(): string | undefined {
    return this.#connection === undefined ? undefined : 'IPv4'
  }

  attach(connection: Connection): void {
    this.#connection = connection
    connection.handle({
      onData: chunk => {
        this.bytesRead += chunk.length
        if (!this.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))) connection.pause()
      },
      onEnd: () => void this.push(null),
      onDrain: () => this.#goOn(),
      onClose: error => {
        // After a clean end the stream destroys itself when its reader has read all.
        if (error !== undefined) this.destroy(error)
      },
    })
    this.emit('connect')
    this.emit('ready')
    this.#goOn()
  }

  override _read(): void {
    this.#connection?.resume()
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: Done): void {
    this.#writeAll([chunk], done)
  }

  /** Corked writes, and those before the connection was made, leave as one chunk, as they do from a real socket. */
  override _writev(chunks: { readonly chunk: Uint8Array }[], done: Done): void {
    this.#writeAll(
      chunks.map(({ chunk }) => chunk),
      done,
    )
  }

  override _final(done: Done): void {
    const connection = this.#connection
    if (connection === undefined) {
      this.#waiting = () => this._final(done)
      return
    }
    connection.end()
    done()
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#waiting = undefined
    this.#connection?.destroy({ reset: error !== null })
    done(error)
  }

  #writeAll(chunks: readonly Uint8Array[], done: Done): void {
    const connection = this.#connection
    if (connection === undefined) {
      this.#waiting = () => this.#writeAll(chunks, done)
      return
    }
    const [first] = chunks
    const chunk = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)
    this.bytesWritten += chunk.length
    if (connection.write(chunk)) done()
    else this.#waiting = done
  }

  #goOn(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.()
  }
}
