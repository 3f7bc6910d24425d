// One end of a simulated TCP connection, as the process on its host holds it: what it reads, and how it ends.

import type { Connection, ConnectionEvents, NetworkError } from '../../system/runtime/network.ts'
import { NetworkError as ConnectionError } from '../../system/runtime/network.ts'
import type { Host } from '../kernel/host.ts'
import type { Fabric } from './fabric.ts'
import { FIN, OPEN } from './flow.ts'
import type { Flow } from './flow.ts'

export interface EndOptions {
  readonly host: Host
  readonly incarnation: number
  readonly local: { readonly address: string; readonly port: number }
  readonly remote: { readonly address: string; readonly port: number }
  /** What this end sends. */
  readonly outflow: Flow
  /** What it receives. */
  readonly inflow: Flow
  /** Called in an entry of this end's host when the other end's handshake is complete. */
  readonly onOpen?: (end: ConnectionEnd) => void
}

export class ConnectionEnd implements Connection {
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly host: Host
  readonly incarnation: number
  readonly #fabric: Fabric
  readonly #outflow: Flow
  readonly #inflow: Flow
  readonly #onOpen: ((end: ConnectionEnd) => void) | undefined
  /** Released: its owner has let go, but what it wrote is still on its way. Gone: the machine knows nothing of it. */
  #state: 'open' | 'released' | 'gone' = 'open'
  #events: ConnectionEvents | undefined
  #isEnding = false
  #hasReadEnd = false
  #isPaused = false
  #unread: Uint8Array[] = []

  constructor(fabric: Fabric, options: EndOptions) {
    this.#fabric = fabric
    this.host = options.host
    this.incarnation = options.incarnation
    this.localAddress = options.local.address
    this.localPort = options.local.port
    this.remoteAddress = options.remote.address
    this.remotePort = options.remote.port
    this.#outflow = options.outflow
    this.#inflow = options.inflow
    this.#onOpen = options.onOpen
    fabric.opened(this)
  }

  get isGone(): boolean {
    return this.#state === 'gone'
  }

  get bufferedBytes(): number {
    return this.#outflow.waitingBytes
  }

  handle(events: ConnectionEvents): void {
    if (this.#state !== 'open') return
    this.#events = events
    if (this.#unread.length > 0) this.#scheduleReading()
  }

  write(chunk: Uint8Array): boolean {
    if (this.#state !== 'open' || this.#isEnding || chunk.length === 0) return true
    return this.#outflow.write(chunk)
  }

  end(): void {
    if (this.#state !== 'open' || this.#isEnding) return
    this.#isEnding = true
    this.#outflow.write(FIN)
    if (this.#hasReadEnd) this.#closeCleanly()
  }

  destroy(options: { readonly reset?: boolean } = {}): void {
    if (this.#state !== 'open') return
    // Linux resets, too, when there is something that was received and will not be read.
    if (options.reset === true || this.#unread.some(chunk => chunk.length > 0)) {
      this.#outflow.reset()
      this.#tellClosedLater()
      this.#leave()
    } else {
      this.end()
      if (this.#state === 'open') this.#closeCleanly()
    }
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    if (this.#unread.length > 0) this.#scheduleReading()
  }

  /** A segment is here. */
  arrive(chunk: Uint8Array): void {
    this.#inflow.arrived()
    if (this.#state === 'gone') {
      this.#outflow.reset()
      return
    }
    if (chunk === OPEN) {
      this.#onOpen?.(this)
      return
    }
    this.#fabric.world.trace.noteBytes(chunk)
    if (this.#state === 'released') {
      this.#arriveReleased(chunk)
    } else if (this.#isPaused || this.#events === undefined || this.#unread.length > 0) {
      this.#unread.push(chunk)
    } else {
      this.#deliver(chunk)
    }
  }

  /** The send buffer has room again, after the writer was told to wait. */
  drained(): void {
    if (this.#state === 'open') this.#events?.onDrain?.()
  }

  /** All that was written, and the end after it, is on its way. */
  endHasLeft(): void {
    if (this.#state === 'released' && this.#hasReadEnd) this.#leave()
  }

  /** A rule was removed. */
  release(): void {
    this.#outflow.release()
  }

  receiveReset(): void {
    this.fail(new ConnectionError('ECONNRESET', `${this.remoteAddress}:${this.remotePort} has reset the connection`))
  }

  /** The connection is no more; called in an entry of this end's host. */
  fail(error: NetworkError): void {
    if (this.#state === 'gone') return
    const events = this.#events
    this.#leave()
    events?.onClose?.(error)
  }

  /** The process is gone. Its machine still is there, and resets what the process had open. */
  crash(): void {
    if (this.#state === 'open' || !this.#outflow.hasLeftEnd) this.#outflow.reset()
    this.powerLoss()
  }

  /** The machine is gone, without a word. */
  powerLoss(): void {
    this.#leave()
    this.#inflow.receiverLost()
  }

  #deliver(chunk: Uint8Array): void {
    if (chunk !== FIN) {
      this.#inflow.read(chunk.length)
      this.#events?.onData?.(chunk)
      return
    }
    this.#hasReadEnd = true
    this.#events?.onEnd?.()
    if (this.#isEnding && this.#state === 'open') this.#closeCleanly()
  }

  /** Nobody will read it, and the sender is told so. */
  #arriveReleased(chunk: Uint8Array): void {
    if (chunk === FIN) {
      this.#hasReadEnd = true
      if (this.#outflow.hasLeftEnd) this.#leave()
    } else {
      this.#outflow.reset()
      this.#leave()
    }
  }

  /** What has waited is read in an entry of its own, so that `handle` and `resume` return first. */
  #scheduleReading(): void {
    this.#later(() => {
      while (this.#state === 'open' && !this.#isPaused) {
        const next = this.#unread.shift()
        if (next === undefined) return
        this.#deliver(next)
      }
    })
  }

  /** The owner is done with it. What it wrote is still sent, and what still comes is refused. */
  #closeCleanly(): void {
    this.#tellClosedLater()
    this.#state = 'released'
    this.#unread = []
    if (this.#hasReadEnd && this.#outflow.hasLeftEnd) this.#leave()
  }

  #tellClosedLater(): void {
    const events = this.#events
    this.#events = undefined
    if (events?.onClose !== undefined) this.#later(() => events.onClose?.())
  }

  #leave(): void {
    this.#state = 'gone'
    this.#events = undefined
    this.#unread = []
    this.#outflow.stop()
    this.#fabric.closed(this)
  }

  #later(fire: () => void): void {
    this.#fabric.world.arm(0, {
      host: this.host,
      incarnation: this.incarnation,
      kind: 'network',
      scope: undefined,
      fire,
    })
  }
}
