// A world without network and disk, for tests of the kernel alone.

import type { Disk } from '../../../system/runtime/disk.ts'
import type { Network } from '../../../system/runtime/network.ts'
import type { Host, HostOptions, HostProcess } from '../../../sim/kernel/host.ts'
import { World } from '../../../sim/kernel/world.ts'
import type { RunLimits, WorldOptions } from '../../../sim/kernel/world.ts'

export interface SmallWorldOptions extends Partial<Omit<WorldOptions, 'limits'>> {
  readonly limits?: Partial<RunLimits>
}

export function smallWorld(options: SmallWorldOptions = {}): World {
  const limits = { virtualMicros: 3600e6, entries: 100_000, realMs: 60_000, ...options.limits }
  return new World({ seed: 'a seed', ...options, limits })
}

export function addHost(world: World, name: string, options: Partial<HostOptions> = {}): Host {
  return world.addHost({
    name,
    address: `10.0.0.${world.hosts.size + 1}`,
    network: () => absent<Network>('network'),
    disk: () => absent<Disk>('disk'),
    ...options,
  })
}

/** A process that only says when something of it happens, in virtual milliseconds. */
export type Ticker = (process: HostProcess, say: (what: string) => void) => void | Promise<void>

/** What was said, with the host and the time: the whole story of a run, in order. */
export class Story {
  readonly lines: string[] = []
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  by(name: string): (what: string) => void {
    return what => void this.lines.push(`${this.#world.nowMicros / 1000} ${name}: ${what}`)
  }

  start(host: Host, run: Ticker): void {
    host.start(process => run(process, this.by(host.name)))
  }
}

function absent<T>(what: string): T {
  return new Proxy(
    {},
    {
      get() {
        throw new Error(`this world has no ${what}`)
      },
    },
  ) as T
}
