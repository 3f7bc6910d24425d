// A world with a network and disks, in one call: what scenarios, benchmarks and tests start from.

import type { Host, HostOptions } from './kernel/host.ts'
import { World } from './kernel/world.ts'
import type { WorldOptions } from './kernel/world.ts'
import { Fabric } from './network/fabric.ts'
import type { FabricOptions } from './network/fabric.ts'
import { SimDisk } from './disk/sim-disk.ts'
import type { SimDiskOptions } from './disk/disk-options.ts'

export interface SimulationOptions extends WorldOptions {
  readonly fabric?: FabricOptions
}

export interface SimulatedHostOptions extends Omit<HostOptions, 'network' | 'disk'> {
  readonly disk?: SimDiskOptions
}

export interface Simulation {
  readonly world: World
  readonly fabric: Fabric
  /** A machine with an empty disk, which nothing runs on yet. Throws if the name or the address is taken. */
  addHost(options: SimulatedHostOptions): Host
  diskOf(host: Host): SimDisk
}

export function createSimulation(options: SimulationOptions): Simulation {
  const world = new World(options)
  const fabric = new Fabric(world, options.fabric)
  const disks = new Map<Host, SimDisk>()
  const diskOf = (host: Host): SimDisk => {
    const disk = disks.get(host)
    if (disk === undefined) throw new Error(`${host.name} is not a host of this simulation`)
    return disk
  }
  return {
    world,
    fabric,
    diskOf,
    addHost({ disk, ...rest }) {
      for (const other of world.hosts.values()) {
        if (other.address === rest.address) throw new Error(`${other.name} has the address ${rest.address} already`)
      }
      const host = world.addHost({
        ...rest,
        network: booting => fabric.portOf(booting),
        disk: booting => diskOf(booting).portOfProcess(),
      })
      disks.set(host, new SimDisk(host, disk))
      return host
    },
  }
}
