// TCP within one process, for tests: ordered bytes, half-close, reset; a chunk arrives in a later turn of the event loop.

import { NetworkError } from '../../../system/runtime/network.ts'
import type { Connection, ConnectionEvents, Listener, Network } from '../../../system/runtime/network.ts'

export function memoryNetwork(): Network {
  const listeners = new Map<number, (connection: Connection) => void>()
  return {
    listen({ port }, onConnection): Promise<Listener> {
      if (listeners.has(port)) return Promise.reject(new NetworkError('EADDRINUSE', `port ${port} is taken`))
      listeners.set(port, onConnection)
      const close = (): Promise<void> => {
        listeners.delete(port)
        return Promise.resolve()
      }
      return Promise.resolve({ address: '127.0.0.1', port, close })
    },
    connect({ port }) {
      const accept = listeners.get(port)
      if (accept === undefined) return Promise.reject(new NetworkError('ECONNREFUSED', `nobody listens on ${port}`))
      const client = new MemoryConnection()
      const server = new MemoryConnection()
      client.join(server)
      server.join(client)
      accept(server)
      return Promise.resolve(client)
    },
    resolve: () => Promise.resolve(['127.0.0.1']),
  }
}

type Message =
  { readonly kind: 'data'; readonly chunk: Uint8Array } | { readonly kind: 'end' } | { readonly kind: 'reset' }

class MemoryConnection implements Connection {
  readonly localAddress = '127.0.0.1'
  readonly localPort = 1
  readonly remoteAddress = '127.0.0.1'
  readonly remotePort = 2
  readonly bufferedBytes = 0
  #peer: MemoryConnection | undefined
  #events: ConnectionEvents | undefined
  readonly #inbox: Message[] = []
  #isPaused = false
  #isClosed = false
  #sentEnd = false
  #gotEnd = false
  #isPumping = false

  join(peer: MemoryConnection): void {
    this.#peer = peer
  }

  handle(events: ConnectionEvents): void {
    this.#events = events
    this.#pump()
  }

  write(chunk: Uint8Array): boolean {
    if (!this.#sentEnd && !this.#isClosed) this.#peer?.receive({ kind: 'data', chunk })
    return true
  }

  end(): void {
    if (this.#sentEnd || this.#isClosed) return
    this.#sentEnd = true
    this.#peer?.receive({ kind: 'end' })
    if (this.#gotEnd) this.#close()
  }

  destroy(options?: { readonly reset?: boolean }): void {
    if (this.#isClosed) return
    if (options?.reset === true) this.#peer?.receive({ kind: 'reset' })
    else if (!this.#sentEnd) this.#peer?.receive({ kind: 'end' })
    this.#sentEnd = true
    this.#close()
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#pump()
  }

  receive(message: Message): void {
    if (this.#isClosed) return
    this.#inbox.push(message)
    this.#pump()
  }

  #pump(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    setImmediate(() => {
      this.#isPumping = false
      if (this.#isClosed || this.#events === undefined || (this.#isPaused && this.#inbox[0]?.kind !== 'reset')) return
      const message = this.#inbox.shift()
      if (message === undefined) return
      if (message.kind === 'data') this.#events.onData?.(message.chunk)
      else if (message.kind === 'reset') this.#close(new NetworkError('ECONNRESET', 'reset by the peer'))
      else {
        this.#gotEnd = true
        this.#events.onEnd?.()
        if (this.#sentEnd) this.#close()
      }
      if (this.#inbox.length > 0) this.#pump()
    })
  }

  #close(error?: NetworkError): void {
    if (this.#isClosed) return
    this.#isClosed = true
    setImmediate(() => this.#events?.onClose?.(error))
  }
}
