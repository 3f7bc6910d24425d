// The network of a world: every host's connections, the links between them, and the rules that the links ask.

import type { Network } from '../../system/runtime/network.ts'
import type { Ending, Host } from '../kernel/host.ts'
import type { World } from '../kernel/world.ts'
import type { ConnectionEnd } from './connection-end.ts'
import { HostPort } from './host-port.ts'
import { LAN, LOOPBACK } from './latency.ts'
import type { Latency } from './latency.ts'
import { Link } from './link.ts'
import { Names } from './names.ts'
import { RuleChain } from './rules.ts'

export interface FabricOptions {
  /** Of every link between two hosts for which `latencyBetween` names no other. */
  readonly latency?: Latency
  /** By the names of the hosts; one direction at a time. */
  readonly latencyBetween?: (from: string, to: string) => Latency | undefined
}

export class Fabric {
  readonly world: World
  /** Every segment of the world asks these. */
  readonly rules: RuleChain = new RuleChain(() => this.#release())
  readonly names: Names
  readonly #options: FabricOptions
  readonly #links = new Map<Host, Map<Host, Link>>()
  readonly #ends = new Map<Host, Set<ConnectionEnd>>()
  readonly #ports = new Map<Host, HostPort>()
  readonly #unpowered = new Set<Host>()

  constructor(world: World, options: FabricOptions = {}) {
    this.world = world
    this.names = new Names(world)
    this.#options = options
  }

  /** The network as the process sees it that is about to run on the host: to be called at each boot. */
  portOf(host: Host): Network {
    if (!this.#ends.has(host)) {
      this.#ends.set(host, new Set())
      host.onDown(how => this.#down(host, how))
    }
    this.#unpowered.delete(host)
    const port = new HostPort(this, host)
    this.#ports.set(host, port)
    return port
  }

  /** A name that resolves to these addresses, best first. Who has asked keeps the old answer for its time to live. */
  setName(name: string, addresses: readonly string[], ttlMs: number): void {
    this.names.set(name, addresses, ttlMs)
  }

  link(from: Host, to: Host): Link {
    let links = this.#links.get(from)
    if (links === undefined) {
      links = new Map()
      this.#links.set(from, links)
    }
    let link = links.get(to)
    if (link === undefined) {
      link = new Link(this.world.seed, `${from.name}>${to.name}`, this.#latencyBetween(from, to))
      links.set(to, link)
    }
    return link
  }

  /** How many connections the host's present process has open. */
  connectionsOf(host: Host): number {
    return this.#ends.get(host)?.size ?? 0
  }

  /** The machine has power, whether or not a process runs on it. For the network's own parts. */
  hasPower(host: Host): boolean {
    return !this.#unpowered.has(host)
  }

  /** The port of the process that runs on the host, if one does. For the network's own parts. */
  runningPort(host: Host): HostPort | undefined {
    return host.state === 'down' ? undefined : this.#ports.get(host)
  }

  /** For the network's own parts. */
  opened(end: ConnectionEnd): void {
    this.#ends.get(end.host)?.add(end)
  }

  /** For the network's own parts. */
  closed(end: ConnectionEnd): void {
    this.#ends.get(end.host)?.delete(end)
  }

  #latencyBetween(from: Host, to: Host): Latency {
    const named = this.#options.latencyBetween?.(from.name, to.name)
    if (named !== undefined) return named
    return from === to ? LOOPBACK : (this.#options.latency ?? LAN)
  }

  #down(host: Host, how: Ending): void {
    this.#ports.delete(host)
    if (how === 'power-loss') {
      this.#unpowered.add(host)
      this.names.forgetAnswers(host)
    }
    for (const end of [...(this.#ends.get(host) ?? [])]) {
      if (how === 'crash') end.crash()
      else end.powerLoss()
    }
  }

  /** A rule is gone: what rules have held asks again. */
  #release(): void {
    for (const ends of this.#ends.values()) for (const end of ends) end.release()
  }
}
