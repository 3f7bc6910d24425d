// TCP and names, as one process sees them.

export type NetworkErrorCode =
  'ECONNREFUSED' | 'ECONNRESET' | 'ETIMEDOUT' | 'EADDRINUSE' | 'EHOSTUNREACH' | 'ENOTFOUND' | 'EPIPE'

export class NetworkError extends Error {
  override readonly name = 'NetworkError'
  readonly code: NetworkErrorCode

  constructor(code: NetworkErrorCode, message: string) {
    super(`${code}: ${message}`)
    this.code = code
  }
}

/** What a connection tells its owner. Each is called at most as often as it says, and none after `onClose`. */
export interface ConnectionEvents {
  /** Bytes in the order in which they were written. The chunk is the receiver's to keep. Not called while paused. */
  onData?(chunk: Uint8Array): void
  /** Once: the peer has ended its side, and all its bytes were delivered. Our side may still write. */
  onEnd?(): void
  /** The send buffer fell below its high-water mark, after a `write` had returned false. */
  onDrain?(): void
  /** Once, last: the connection is gone. With an error if it was reset or timed out; a clean end on both sides has none. */
  onClose?(error?: NetworkError): void
}

/**
 * One end of a TCP connection. Bytes arrive in order, once, or not at all; where one side's chunks are cut is unspecified.
 * An acknowledgement of the transport is never visible: only an answer of the peer says that it has seen something.
 */
export interface Connection {
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  /** Bytes written and not yet taken by the network. */
  readonly bufferedBytes: number
  /** Replaces the callbacks. Data that arrives before the first call is kept. */
  handle(events: ConnectionEvents): void
  /**
   * Takes the bytes; the caller must not change them any more. False asks the caller to wait for `onDrain`; the bytes are
   * taken all the same. Writing after `end` or after the connection is gone is dropped.
   */
  write(chunk: Uint8Array): boolean
  /** Half-close: what was written is sent, then the peer sees the end. */
  end(): void
  /** Lets go at once. What was written is sent if the peer still takes it (FIN); with `reset` it is dropped (RST). */
  destroy(options?: { readonly reset?: boolean }): void
  /** Stops `onData` and `onEnd`; the receive window fills, and then the peer's `write` returns false. */
  pause(): void
  resume(): void
}

export interface Listener {
  readonly address: string
  readonly port: number
  /** Takes no new connections; those that stand live on. The port is free when it resolves. */
  close(): Promise<void>
}

export interface Network {
  /**
   * Binds `port` (0: any free one) on `address` (default: all of this host's).
   * Rejects with EADDRINUSE. `onConnection` must call `handle` before it returns.
   */
  listen(
    options: { readonly port: number; readonly address?: string },
    onConnection: (connection: Connection) => void,
  ): Promise<Listener>

  /**
   * Resolves names, tries the first address. Rejects with ECONNREFUSED (nobody listens), EHOSTUNREACH, ENOTFOUND, or
   * ETIMEDOUT after `timeoutMs` (default: CONNECT_TIMEOUT_MS).
   */
  connect(options: { readonly host: string; readonly port: number; readonly timeoutMs?: number }): Promise<Connection>

  /** The addresses of a name, best first. An answer may be as old as the record's TTL. Rejects with ENOTFOUND. */
  resolve(name: string): Promise<readonly string[]>
}

/** How long a connection attempt lasts where the caller names no bound: that of Linux, about two minutes. */
export const CONNECT_TIMEOUT_MS = 127_000
