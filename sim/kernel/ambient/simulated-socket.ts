// A net.Socket of the simulated network, for libraries that make their own: `new net.Socket()`, then `connect(port, host)`.

import { AsyncResource } from 'node:async_hooks'
import type { Connection, Network } from '../../../system/runtime/network.ts'
import { ConnectionDuplex } from '../../../system/runtime/duplex.ts'
import { current } from '../current.ts'
import { refuse } from './trap.ts'
import { armTimeout } from './timers.ts'
import type { SimulatedTimer } from './timers.ts'

export interface ConnectOptions {
  readonly port: number | string
  readonly host?: string
  readonly timeout?: number
  /** How long an attempt lasts; without it, as long as the network lets it. */
  readonly timeoutMs?: number
}

type Listener = (...args: unknown[]) => void

export class SimulatedSocket extends ConnectionDuplex {
  /** Of inactivity, in milliseconds; 0: none. */
  timeout = 0
  readonly #network: Network
  readonly #scope = new AsyncResource('TCPSocket', { requireManualDestroy: true })
  #isConnecting = false
  #idleTimer: SimulatedTimer | undefined
  #activeAtMs = 0

  constructor(options: { readonly allowHalfOpen?: boolean } = {}) {
    super()
    this.allowHalfOpen = options.allowHalfOpen === true
    this.#network = networkOfRunningProcess('net.Socket')
  }

  override get connecting(): boolean {
    return this.#isConnecting && super.connecting
  }

  get pending(): boolean {
    return this.remoteAddress === undefined
  }

  get readyState(): string {
    if (this.connecting) return 'opening'
    if (this.readable && this.writable) return 'open'
    if (this.readable) return 'readOnly'
    return this.writable ? 'writeOnly' : 'closed'
  }

  connect(...args: unknown[]): this {
    const { options, listener } = portArguments('net.connect', args)
    const { host = 'localhost', timeout, timeoutMs } = options
    const port = Number(options.port)
    if (listener !== undefined) this.once('connect', listener)
    if (timeout !== undefined) this.setTimeout(timeout)
    this.#isConnecting = true
    this.#network.connect({ host, port, ...(timeoutMs === undefined ? {} : { timeoutMs }) }).then(
      connection => {
        if (this.destroyed) connection.destroy({ reset: true })
        else this.attach(connection)
      },
      (error: Error) => void this.destroy(Object.assign(error, { syscall: 'connect', address: host, port })),
    )
    return this
  }

  /** What arrives comes in the scope in which the socket was made. */
  override attach(connection: Connection): void {
    this.#isConnecting = false
    this.#touch()
    const scope = this.#scope
    scope.runInAsyncScope(() => super.attach(scoped(connection, scope, () => this.#touch())))
  }

  /** Emits `timeout` when nothing was read or written for so long; it is then for the owner to do something. */
  setTimeout(idleMs: number, listener?: Listener): this {
    this.timeout = idleMs
    this.#idleTimer?.close()
    this.#idleTimer = undefined
    if (idleMs > 0 && Number.isFinite(idleMs)) {
      if (listener !== undefined) this.once('timeout', listener)
      this.#touch()
      this.#watchIdleness(idleMs)
    } else if (listener !== undefined) this.removeListener('timeout', listener)
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  address(): { address?: string; port?: number; family?: string } {
    const { localAddress, localPort } = this
    if (localAddress === undefined || localPort === undefined) return {}
    return { address: localAddress, port: localPort, family: 'IPv4' }
  }

  destroySoon(): void {
    if (this.writable) this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
  }

  resetAndDestroy(): this {
    return this.destroy(Object.assign(new Error('socket was reset by its owner'), { code: 'ERR_SOCKET_CLOSED' }))
  }

  override _write(chunk: Uint8Array, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#touch()
    super._write(chunk, encoding, done)
  }

  override _writev(chunks: { readonly chunk: Uint8Array }[], done: (error?: Error | null) => void): void {
    this.#touch()
    super._writev(chunks, done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#idleTimer?.close()
    super._destroy(error, done)
  }

  #touch(): void {
    if (this.timeout > 0) this.#activeAtMs = performance.now()
  }

  /** Looks when the time would be over, not at every byte. */
  #watchIdleness(delayMs: number): void {
    this.#idleTimer = armTimeout(delayMs, () => {
      const leftMs = this.#activeAtMs + this.timeout - performance.now()
      if (leftMs > 0) {
        this.#watchIdleness(Math.ceil(leftMs))
        return
      }
      this.#idleTimer = undefined
      this.emit('timeout')
    }) as SimulatedTimer
  }
}

/** `(port[, host][, listener])` or `(options[, listener])`, as net.connect and net.Server.listen take them. */
export function portArguments(
  name: string,
  args: unknown[],
): { readonly options: ConnectOptions; readonly listener: Listener | undefined } {
  // net.connect hands its arguments on as one array.
  const [first, ...rest] = args.length === 1 && Array.isArray(args[0]) ? (args[0] as unknown[]) : args
  const listener = rest.findLast(arg => typeof arg === 'function') as Listener | undefined
  if (typeof first === 'object' && first !== null && 'port' in first) {
    return { options: first as ConnectOptions, listener }
  }
  if (typeof first !== 'number' && !/^\d+$/.test(String(first))) refuse(`${name} of a path`, 'only ports are routed')
  const [host] = rest
  return { options: { port: first as number | string, ...(typeof host === 'string' ? { host } : {}) }, listener }
}

export function networkOfRunningProcess(asked: string): Network {
  const running = current.host?.process
  return running?.runtime.network ?? refuse(asked, 'no host is running')
}

/** The connection, telling of what happens in the scope. */
function scoped(connection: Connection, scope: AsyncResource, touch: () => void): Connection {
  return {
    get localAddress() {
      return connection.localAddress
    },
    get localPort() {
      return connection.localPort
    },
    get remoteAddress() {
      return connection.remoteAddress
    },
    get remotePort() {
      return connection.remotePort
    },
    get bufferedBytes() {
      return connection.bufferedBytes
    },
    handle({ onData, onEnd, onDrain, onClose }) {
      connection.handle({
        onData(chunk) {
          touch()
          scope.runInAsyncScope(onData ?? ignore, undefined, chunk)
        },
        onEnd: () => scope.runInAsyncScope(onEnd ?? ignore),
        onDrain: () => scope.runInAsyncScope(onDrain ?? ignore),
        onClose: error => scope.runInAsyncScope(onClose ?? ignore, undefined, error),
      })
    },
    write: chunk => connection.write(chunk),
    end: () => connection.end(),
    destroy: options => connection.destroy(options),
    pause: () => connection.pause(),
    resume: () => connection.resume(),
  }
}

function ignore(): void {}
