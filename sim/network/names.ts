// Names and addresses. Who has asked once keeps the answer for the record's TTL, whatever has changed since.

import type { Host } from '../kernel/host.ts'
import type { World } from '../kernel/world.ts'

/** Of the records for the hosts' own names. */
export const HOST_NAME_TTL_MS = 60_000

interface Name {
  readonly addresses: readonly string[]
  readonly ttlMicros: number
}

interface CachedAnswer {
  readonly addresses: readonly string[]
  readonly untilMicros: number
}

export class Names {
  readonly #world: World
  readonly #names = new Map<string, Name>()
  readonly #caches = new Map<Host, Map<string, CachedAnswer>>()

  constructor(world: World) {
    this.#world = world
  }

  set(name: string, addresses: readonly string[], ttlMs: number): void {
    if (addresses.length === 0) throw new Error(`the name ${name} needs an address`)
    if (!(ttlMs >= 0)) throw new RangeError(`no time to live: ${ttlMs}`)
    this.#names.set(name, { addresses: [...addresses], ttlMicros: ttlMs * 1000 })
  }

  hostAt(address: string): Host | undefined {
    for (const host of this.#world.hosts.values()) if (host.address === address) return host
    return undefined
  }

  /** What is known on this host without asking: an address, the host itself, or an answer that is not too old. */
  known(host: Host, name: string): readonly string[] | undefined {
    if (isAddress(name)) return [name]
    if (name === 'localhost') return ['127.0.0.1']
    if (name === host.name) return [host.address]
    const cached = this.#caches.get(host)?.get(name)
    return cached !== undefined && cached.untilMicros > this.#world.nowMicros ? cached.addresses : undefined
  }

  /** Asks the server of names; undefined if there is no such name. */
  ask(host: Host, name: string): readonly string[] | undefined {
    const found = this.#names.get(name) ?? this.#nameOfHost(name)
    if (found === undefined) return undefined
    const cache = this.#caches.get(host) ?? new Map<string, CachedAnswer>()
    this.#caches.set(host, cache)
    cache.set(name, { addresses: found.addresses, untilMicros: this.#world.nowMicros + found.ttlMicros })
    return found.addresses
  }

  /** The cache is the machine's: a crash of a process leaves it, a power loss does not. */
  forgetAnswers(host: Host): void {
    this.#caches.delete(host)
  }

  #nameOfHost(name: string): Name | undefined {
    const host = this.#world.hosts.get(name)
    return host === undefined ? undefined : { addresses: [host.address], ttlMicros: HOST_NAME_TTL_MS * 1000 }
  }
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.')
}

function isAddress(name: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(name)
}
