// How a connection comes to be: SYN there, SYN-ACK or RST back, and with the first segment after that the listener has it.

import type { NetworkErrorCode } from '../../system/runtime/network.ts'
import type { Entry } from '../kernel/entry-queue.ts'
import type { Host } from '../kernel/host.ts'
import { ConnectionEnd } from './connection-end.ts'
import type { Fabric } from './fabric.ts'
import { Flow, OPEN } from './flow.ts'
import type { HostPort } from './host-port.ts'
import { isLoopback } from './names.ts'
import type { Segment } from './rules.ts'

/** Linux sends a SYN again after 1, 3, 7, … seconds. */
export const SYN_RETRY_FIRST_MICROS = 1_000_000
const SYN_RETRIES_MAX = 6

export interface HandshakeOptions {
  readonly local: { readonly host: Host; readonly incarnation: number; readonly port: number }
  readonly remote: { readonly host: Host; readonly address: string; readonly port: number }
  readonly timeoutMicros: number
  /** Both are called in an entry of the local host; one of them, once. */
  done(connection: ConnectionEnd): void
  failed(code: NetworkErrorCode): void
}

export class Handshake {
  readonly #fabric: Fabric
  readonly #options: HandshakeOptions
  readonly #key: number
  readonly #ports: Segment['ports']
  #attempts = 0
  #isOver = false
  #timeout: Entry | undefined
  #retry: Entry | undefined

  constructor(fabric: Fabric, options: HandshakeOptions) {
    const { local, remote } = options
    this.#fabric = fabric
    this.#options = options
    this.#key = fabric.link(local.host, remote.host).nextConnectionKey(remote.port)
    this.#ports = { client: local.port, server: remote.port }
  }

  start(): void {
    this.#timeout = this.#atCaller(this.#options.timeoutMicros, () => this.#end('ETIMEDOUT'))
    this.#sendSyn()
  }

  #sendSyn(): void {
    const { local, remote } = this.#options
    const attempt = this.#attempts++
    if (attempt < SYN_RETRIES_MAX) {
      this.#retry = this.#atCaller(SYN_RETRY_FIRST_MICROS * 2 ** attempt, () => this.#sendSyn())
    }
    const delayMicros = this.#carry(local.host, remote.host, 'syn', 2 * attempt)
    if (delayMicros === undefined) return
    // The machine takes it, not the process: that may be busy, frozen or gone.
    this.#fabric.world.schedule(delayMicros, undefined, 'network', () => this.#synArrives(2 * attempt + 1))
  }

  #synArrives(draw: number): void {
    const { local, remote } = this.#options
    const port = this.#fabric.runningPort(remote.host)
    const isCalled = !this.#isOver && local.host.incarnation === local.incarnation
    if (!isCalled || !this.#fabric.hasPower(remote.host) || port?.isFull(remote) === true) return
    const isOpen = port?.isListening(remote) === true
    const delayMicros = this.#carry(remote.host, local.host, isOpen ? 'syn-ack' : 'reset', draw)
    if (delayMicros === undefined) return
    this.#atCaller(delayMicros, () => {
      if (isOpen) this.#open(port)
      else this.#end('ECONNREFUSED')
    })
  }

  /** From here on both machines know the connection, and the caller may write. */
  #open(port: HostPort): void {
    const { local, remote, done } = this.#options
    if (this.#isOver) return
    this.#finish()
    const fabric = this.#fabric
    const there = new Flow(fabric, {
      link: fabric.link(local.host, remote.host),
      ports: this.#ports,
      key: this.#key,
    })
    const back = new Flow(fabric, {
      link: fabric.link(remote.host, local.host),
      ports: this.#ports,
      key: this.#key ^ WAY_BACK,
    })
    const isLocal = isLoopback(remote.address)
    const caller = { address: isLocal ? remote.address : local.host.address, port: local.port }
    const called = { address: remote.address, port: remote.port }
    const client = new ConnectionEnd(fabric, {
      host: local.host,
      incarnation: local.incarnation,
      local: caller,
      remote: called,
      outflow: there,
      inflow: back,
    })
    const server = new ConnectionEnd(fabric, {
      host: remote.host,
      incarnation: port.incarnation,
      local: called,
      remote: caller,
      outflow: back,
      inflow: there,
      onOpen: end => port.accept(end),
    })
    there.join(client, server)
    back.join(server, client)
    // It may have died since it answered.
    if (fabric.runningPort(remote.host) === port) port.willAccept(server)
    else server.powerLoss()
    there.write(OPEN)
    done(client)
  }

  /** How long it takes; undefined if it does not arrive. */
  #carry(from: Host, to: Host, kind: Segment['kind'], draw: number): number | undefined {
    const link = this.#fabric.link(from, to)
    const key = this.#key ^ HANDSHAKE
    const verdict = this.#fabric.rules.ask({
      from,
      to,
      kind,
      ports: this.#ports,
      bytes: 0,
      draw: purpose => link.draw(key, draw, purpose),
    })
    const delayMicros = link.latencyMicros(key, draw)
    switch (verdict.kind) {
      case 'pass':
        return delayMicros
      case 'delay':
        return delayMicros + verdict.micros
      case 'reset':
        this.#atCaller(delayMicros, () => this.#end('ECONNRESET'))
        return undefined
      case 'drop':
      case 'hold':
        return undefined
    }
  }

  #end(code: NetworkErrorCode): void {
    if (this.#isOver) return
    this.#finish()
    this.#options.failed(code)
  }

  #finish(): void {
    this.#isOver = true
    this.#timeout?.cancel()
    this.#retry?.cancel()
  }

  #atCaller(delayMicros: number, fire: () => void): Entry {
    const { host, incarnation } = this.#options.local
    return this.#fabric.world.arm(delayMicros, { host, incarnation, kind: 'network', scope: undefined, fire })
  }
}

const HANDSHAKE = 0x165667b1
const WAY_BACK = 0x2c1b3c6d
