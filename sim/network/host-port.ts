// The Network port of one process: listening, connecting and resolving on its host. It ends with the process.

import type { Connection, Listener, Network, NetworkErrorCode } from '../../system/runtime/network.ts'
import { CONNECT_TIMEOUT_MS, NetworkError } from '../../system/runtime/network.ts'
import type { Host } from '../kernel/host.ts'
import type { ConnectionEnd } from './connection-end.ts'
import type { Fabric } from './fabric.ts'
import { Handshake } from './handshake.ts'
import { isLoopback } from './names.ts'

/** Linux's default range. */
export const EPHEMERAL_PORT_FIRST = 32_768
export const EPHEMERAL_PORT_LAST = 60_999

/** Connections that wait for a process which is busy or frozen: Node's default. A SYN beyond it is dropped. */
export const BACKLOG_MAX = 511

const NAME_QUERY_MICROS = 300

interface BoundListener {
  readonly isLocal: boolean
  readonly onConnection: (connection: Connection) => void
  /** Have shaken hands, and are still to be accepted. */
  readonly backlog: Set<ConnectionEnd>
}

export class HostPort implements Network {
  readonly incarnation: number
  readonly #fabric: Fabric
  readonly #host: Host
  readonly #listeners = new Map<number, BoundListener>()
  #nextEphemeral = EPHEMERAL_PORT_FIRST

  constructor(fabric: Fabric, host: Host) {
    this.#fabric = fabric
    this.#host = host
    this.incarnation = host.incarnation
  }

  async listen(
    options: { readonly port: number; readonly address?: string },
    onConnection: (connection: Connection) => void,
  ): Promise<Listener> {
    const { address = this.#host.address } = options
    const isLocal = isLoopback(address)
    if (!isPort(options.port) && options.port !== 0) throw new RangeError(`no port: ${options.port}`)
    if (!isLocal && address !== this.#host.address && address !== ANY_ADDRESS) {
      throw new RangeError(`${address} is not an address of ${this.#host.name}`)
    }
    return this.#later(0, () => {
      const port = options.port === 0 ? this.#freePort() : options.port
      if (this.#listeners.has(port)) throw this.#error('EADDRINUSE', `${this.#host.name}:${port} is taken`)
      const listener: BoundListener = { isLocal, onConnection, backlog: new Set() }
      this.#listeners.set(port, listener)
      return {
        address,
        port,
        close: () =>
          this.#later(0, () => {
            if (this.#listeners.get(port) === listener) this.#listeners.delete(port)
          }),
      }
    })
  }

  async connect(options: {
    readonly host: string
    readonly port: number
    readonly timeoutMs?: number
  }): Promise<Connection> {
    const { host: name, port, timeoutMs = CONNECT_TIMEOUT_MS } = options
    if (!isPort(port)) throw new RangeError(`no port: ${port}`)
    if (!(timeoutMs > 0)) throw new RangeError(`no time: ${timeoutMs}`)
    const startedMicros = this.#fabric.world.nowMicros
    const [address = name] = await this.resolve(name)
    const host = isLoopback(address) ? this.#host : this.#fabric.names.hostAt(address)
    if (host === undefined) {
      return this.#later(NO_ROUTE_MICROS, () => {
        throw this.#error('EHOSTUNREACH', `${name}:${port}: nobody has the address ${address}`)
      })
    }
    const timeoutMicros = timeoutMs * 1000 - (this.#fabric.world.nowMicros - startedMicros)
    return new Promise((resolve, reject) => {
      if (!this.#isAlive()) return
      new Handshake(this.#fabric, {
        local: { host: this.#host, incarnation: this.incarnation, port: this.#freePort() },
        remote: { host, address, port },
        timeoutMicros,
        done: resolve,
        failed: code => reject(this.#error(code, `${name}:${port} ${FAILURES[code] ?? 'failed'}`)),
      }).start()
    })
  }

  async resolve(name: string): Promise<readonly string[]> {
    const known = this.#fabric.names.known(this.#host, name)
    if (known !== undefined) return known
    return this.#later(NAME_QUERY_MICROS, () => {
      const addresses = this.#fabric.names.ask(this.#host, name)
      if (addresses === undefined) throw this.#error('ENOTFOUND', `there is no name ${name}`)
      return addresses
    })
  }

  /** Whether a SYN to it is answered. For the network's own parts. */
  isListening(target: { readonly address: string; readonly port: number }): boolean {
    const listener = this.#listeners.get(target.port)
    return listener !== undefined && (!listener.isLocal || isLoopback(target.address))
  }

  /** For the network's own parts. */
  isFull(target: { readonly port: number }): boolean {
    const backlog = this.#listeners.get(target.port)?.backlog
    if (backlog === undefined || backlog.size < BACKLOG_MAX) return false
    for (const end of backlog) if (end.isGone) backlog.delete(end)
    return backlog.size >= BACKLOG_MAX
  }

  /** A connection has shaken hands, and its first segment is on its way. For the network's own parts. */
  willAccept(end: ConnectionEnd): void {
    this.#listeners.get(end.localPort)?.backlog.add(end)
  }

  /** For the network's own parts. */
  accept(end: ConnectionEnd): void {
    const listener = this.#listeners.get(end.localPort)
    if (listener === undefined) {
      end.destroy({ reset: true })
      return
    }
    listener.backlog.delete(end)
    listener.onConnection(end)
  }

  #isAlive(): boolean {
    return this.#host.incarnation === this.incarnation && this.#host.state !== 'down'
  }

  #freePort(): number {
    for (let tries = EPHEMERAL_PORT_LAST - EPHEMERAL_PORT_FIRST; tries >= 0; tries--) {
      const port = this.#nextEphemeral
      this.#nextEphemeral = port === EPHEMERAL_PORT_LAST ? EPHEMERAL_PORT_FIRST : port + 1
      if (!this.#listeners.has(port)) return port
    }
    throw this.#error('EADDRINUSE', `${this.#host.name} has no free port`)
  }

  #error(code: NetworkErrorCode, message: string): NetworkError {
    return new NetworkError(code, message)
  }

  /** In an entry of this process: once that has ended, never. */
  #later<T>(delayMicros: number, act: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const fire = (): void => {
        try {
          resolve(act())
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      }
      const { incarnation } = this
      this.#fabric.world.arm(delayMicros, { host: this.#host, incarnation, kind: 'network', scope: undefined, fire })
    })
  }
}

const ANY_ADDRESS = '0.0.0.0'

/** Linux asks three times, a second apart, who has an address. */
const NO_ROUTE_MICROS = 3_000_000

const FAILURES: Readonly<Partial<Record<NetworkErrorCode, string>>> = {
  ECONNREFUSED: 'refuses: nobody listens',
  ETIMEDOUT: 'does not answer',
  ECONNRESET: 'has reset the connection',
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536
}
