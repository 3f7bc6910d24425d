// The disk of a simulated machine: a page cache over a durable image.
//
// Every operation is an entry of its host. It takes effect somewhere on the way to it: when the process dies in between, it
// may or may not have happened. A crash of the process leaves the page cache; a power loss keeps, of what is not durable, a
// drawn part of each file's changes in their order, the first of the lost ones torn at a drawn byte, each file for itself.

import type { Disk } from '../../system/runtime/disk.ts'
import type { Ending, Host } from '../kernel/host.ts'
import { NVME } from './disk-options.ts'
import type { SimDiskOptions } from './disk-options.ts'
import { DiskPort } from './disk-port.ts'
import { DrawsOfPath } from './draws.ts'
import { InOrder } from './in-order.ts'
import { Names } from './names.ts'
import { POWER_LOSS_NOTE } from './notes.ts'
import { SimFile } from './sim-file.ts'

/** Called, and not yet answered. */
export interface Operation {
  readonly effectMicros: number
  /** May throw a DiskError. */
  apply(): unknown
}

export class SimDisk {
  readonly host: Host
  readonly options: Required<SimDiskOptions>
  readonly names: Names = new Names()
  readonly nameQueue: InOrder = new InOrder()
  readonly inFlight: Set<Operation> = new Set<Operation>()
  readonly #draws = new Map<string, DrawsOfPath>()
  #lostBytes = 0
  #plannedBytes = 0

  constructor(host: Host, options: SimDiskOptions = {}) {
    this.host = host
    this.options = { ...NVME, ...options }
    host.onDown(how => this.#down(how))
  }

  /** Of all power losses so far: what was written, and was not durable. */
  get lostBytes(): number {
    return this.#lostBytes
  }

  get usedBytes(): number {
    let bytes = 0
    for (const file of this.names.files()) bytes += file.content.size
    return bytes
  }

  /** The disk as the process sees it that is about to run on the host: to be called at each boot. */
  portOfProcess(): Disk {
    return new DiskPort(this, this.host.incarnation)
  }

  /** For the port. */
  drawsOf(path: string): DrawsOfPath {
    let draws = this.#draws.get(path)
    if (draws === undefined) {
      draws = new DrawsOfPath(this.host.world.seed, this.host.name, path)
      this.#draws.set(path, draws)
    }
    return draws
  }

  /** An empty file of that name. For the port. */
  create(path: string): SimFile {
    const file = new SimFile(this.drawsOf(path), this.names.changes + 1)
    this.names.change(this.host.world.nowMicros, [[path, file]])
    return file
  }

  /** The file has no name any more, but it may still be open. For the port. */
  unname(file: SimFile): void {
    file.isNamed = false
    this.#plannedBytes -= file.plannedSize
  }

  /** Whether the file may become that large; it is then planned to be. For the port. */
  plan(file: SimFile, size: number): boolean {
    const growth = size - file.plannedSize
    if (growth > 0 && this.#plannedBytes + growth > this.options.capacityBytes) return false
    file.plannedSize = size
    if (file.isNamed) this.#plannedBytes += growth
    return true
  }

  #down(how: Ending): void {
    const { nowMicros } = this.host.world
    for (const operation of this.inFlight) if (operation.effectMicros <= nowMicros) applyUnheard(operation)
    this.inFlight.clear()
    this.nameQueue.reset()
    if (how === 'power-loss') this.#losePower(nowMicros)
    this.#plannedBytes = 0
    for (const file of this.names.files()) {
      file.queue.reset()
      file.syncs.reset()
      file.plannedSize = file.content.size
      this.#plannedBytes += file.plannedSize
    }
  }

  #losePower(nowMicros: number): void {
    const { dataWriteBackMs, nameWriteBackMs } = this.options
    const { trace } = this.host.world
    this.names.writeBack(nowMicros - nameWriteBackMs * 1000)
    for (const file of this.names.losePower(this.drawsOf('').surviving())) this.#lostBytes += file.content.size
    for (const file of this.names.files()) {
      file.isNamed = true
      file.content.writeBack(nowMicros - dataWriteBackMs * 1000)
      if (file.content.unsyncedChanges > 0) this.#lostBytes += file.content.losePower(file.draws.surviving())
      trace.note(POWER_LOSS_NOTE, file.draws.key, file.content.size, this.#lostBytes)
    }
  }
}

/** Its caller is dead: whether it failed is nobody's concern. */
function applyUnheard(operation: Operation): void {
  try {
    operation.apply()
  } catch {
    return
  }
}
