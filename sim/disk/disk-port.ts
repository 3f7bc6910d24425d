// The Disk port of one process. It ends with the process; the disk does not.

import type { Disk, DiskFile } from '../../system/runtime/disk.ts'
import { DiskError } from '../../system/runtime/disk.ts'
import { latencyMicros } from '../network/latency.ts'
import type { Latency } from '../network/latency.ts'
import type { DrawsOfPath } from './draws.ts'
import type { InOrder } from './in-order.ts'
import { NAME_NOTE } from './notes.ts'
import { OpenFile } from './open-file.ts'
import type { SimDisk } from './sim-disk.ts'
import type { SimFile } from './sim-file.ts'

/** What an operation costs, and behind which others it waits. */
export interface Cost {
  readonly draws: DrawsOfPath
  readonly queue: InOrder
  readonly latency: Latency
  readonly bytes: number
  /** It is not answered before that moment. */
  readonly afterMicros?: number
  /** It has no effect before it is answered. */
  readonly isAtEnd?: boolean
}

export class DiskPort implements Disk {
  readonly disk: SimDisk
  readonly #incarnation: number

  constructor(disk: SimDisk, incarnation: number) {
    this.disk = disk
    this.#incarnation = incarnation
  }

  async open(path: string, options: { readonly create?: boolean } = {}): Promise<DiskFile> {
    if (path === '' || path.startsWith('/') || path.endsWith('/')) throw new RangeError(`not a path of a file: ${path}`)
    return this.#onNames(path, () => {
      const { names } = this.disk
      const file = names.find(path) ?? (options.create === true ? this.disk.create(path) : undefined)
      if (file === undefined) throw absent(path)
      this.#note(file, 0)
      return new OpenFile(this, file, path)
    })
  }

  async rename(from: string, to: string): Promise<void> {
    return this.#onNames(from, () => {
      const { names } = this.disk
      const file = names.find(from)
      if (file === undefined) throw absent(from)
      const replaced = names.find(to)
      if (from === to) return
      if (replaced !== undefined) this.disk.unname(replaced)
      names.change(this.#nowMicros, [
        [from, undefined],
        [to, file],
      ])
      if (!names.isDurable(file.nameChanges)) file.nameChanges = names.changes
      this.#note(file, 1)
    })
  }

  async remove(path: string): Promise<void> {
    return this.#onNames(path, () => {
      const { names } = this.disk
      const file = names.find(path)
      if (file === undefined) throw absent(path)
      this.disk.unname(file)
      names.change(this.#nowMicros, [[path, undefined]])
      this.#note(file, 2)
    })
  }

  async list(directory: string): Promise<readonly string[]> {
    return this.#onNames(directory, () => this.disk.names.under(directory))
  }

  async syncDirectory(directory: string): Promise<void> {
    const { names, nameQueue, options } = this.disk
    const draws = this.disk.drawsOf(directory)
    await this.operate({ draws, queue: nameQueue, latency: options.sync, bytes: 0, isAtEnd: true }, () =>
      names.makeDurable(names.changes),
    )
  }

  /** Of a process that has ended the last calls do nothing. */
  get isAlive(): boolean {
    const { host } = this.disk
    return host.incarnation === this.#incarnation && host.state !== 'down'
  }

  /** Lets `apply` take effect and answers what it answers; never, once the process has ended. */
  operate<T>(cost: Cost, apply: () => T): Promise<T> {
    const { disk } = this
    const { host } = disk
    const { world } = host
    return new Promise((resolve, reject) => {
      if (!this.isAlive) return
      const { draws, queue, latency, bytes, afterMicros = 0, isAtEnd = false } = cost
      const draw = draws.next()
      const transferMicros = latency.bytesPerSecond === undefined ? 0 : (bytes * 1e6) / latency.bytesPerSecond
      const tookMicros = latencyMicros(latency, draw.latency) + Math.round(transferMicros)
      const now = world.nowMicros
      const atMicros = queue.next(now, Math.max(tookMicros, afterMicros - now), isAtEnd ? 1 : draw.effect)
      const operation = { effectMicros: atMicros.effectMicros, apply }
      disk.inFlight.add(operation)
      world.arm(atMicros.answerMicros - now, {
        host,
        incarnation: this.#incarnation,
        kind: 'disk',
        scope: undefined,
        fire: () => {
          disk.inFlight.delete(operation)
          try {
            resolve(apply())
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)))
          }
        },
      })
    })
  }

  get #nowMicros(): number {
    return this.disk.host.world.nowMicros
  }

  #onNames<T>(path: string, apply: () => T): Promise<T> {
    const { disk } = this
    const draws = disk.drawsOf(path)
    return this.operate({ draws, queue: disk.nameQueue, latency: disk.options.name, bytes: 0 }, apply)
  }

  #note(file: SimFile, what: number): void {
    this.disk.host.world.trace.note(NAME_NOTE, file.draws.key, what, file.content.size)
  }
}

function absent(path: string): DiskError {
  return new DiskError('ENOENT', `there is no file ${path}`)
}
